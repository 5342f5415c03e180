/** The mistakes that a caller can make in every language, by TypeScript's names. Each client must answer them with the same words. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/entries.ts";

/** Options of `createRwt`. */
export const SERVICE: readonly object[] = [
  { expire: "60" },
  { expire: 0 },
  { expire: 1.5 },
  { expire: 2 ** 40 },
  { expire: true },
  { maxLifetime: 50, expire: 51 },
  { maxLifetime: -1 },
  { maxLifetime: "60" },
  { verifyExtendsToken: 1 },
  { prefix: "{x}" },
  { prefix: 5 },
];

/** Options of `encryption()`. */
export const ENCRYPTION: readonly Readonly<Record<string, unknown>>[] = [
  { encrypt: 1 },
  { acceptPlain: 1 },
  { encrypt: false, acceptPlain: false },
];

/** Options of `sessions()` that limit a person's sessions. */
export const LIMIT: readonly object[] = [
  { maxSessions: 0 },
  { maxSessions: "5" },
  { maxSessions: 1001 },
  { maxSessions: 5, onLimit: "ask" },
  { maxSessions: 5, onLimit: 5 },
  { onLimit: "reject" },
];

/** Deeper than what JSON may be. */
export const deep: unknown = JSON.parse("[".repeat(501) + "]".repeat(501));

/** A method, its first argument and its second, which PHP takes behind the secret. */
export type Call = readonly [op: string, first: unknown, second: unknown];

export const CALLS: readonly Call[] = [
  ["sign", 1, { expire: 0 }],
  ["sign", 1, { expire: 1.5 }],
  ["sign", 1, { expire: "60" }],
  ["sign", 1, { expire: true }],
  ["sign", 1, { expire: 2 ** 33 }],
  ["sign", 1, { expire: 2_592_001 }],
  ["sign", 1, { maxLifetime: 2_592_001 }],
  ["sign", 1, { maxLifetime: 10, expire: 11 }],
  ["sign", 1, { subject: "" }],
  ["sign", 1, { subject: 42 }],
  ["sign", 1, { subject: ["42"] }],
  ["sign", 1, { subject: `rwt_${"A".repeat(76)}` }],
  ["sign", 1, { meta: ["a"] }],
  ["sign", 1, { meta: "a" }],
  ["sign", 1, { replaces: "t" }],
  ["sign", 1, { ttl: 5 }],
  ["sign", deep, {}],
  ["extend", "t", { expire: 0 }],
  ["extend", "t", { expire: "60" }],
  ["extend", "t", { ttl: 5 }],
  ["rotate", "t", { grace: 3601 }],
  ["rotate", "t", { grace: -1 }],
  ["rotate", "t", { grace: "1" }],
  ["rotate", "t", { grace: 5, retry: false }],
  ["rotate", "t", { retry: 0 }],
  ["rotate", "t", { graze: 5 }],
  ["list", "42", { limit: 0 }],
  ["list", "42", { limit: 1001 }],
  ["list", "42", { limit: "5" }],
  ["list", "42", { cursor: "x" }],
  ["list", "42", { cursor: "7" }],
  ["list", "42", { cursor: 5 }],
  ["list", "42", { current: 5 }],
  ["list", "42", { page: 5 }],
  ["list", "", {}],
  ["list", 42, {}],
  ["destroyAll", "", {}],
  ["destroyAll", "42", { except: [] }],
  ["destroyAll", "42", { but: "t" }],
  ["destroyAll", `rwt_${"A".repeat(76)}`, {}],
  ["updateAll", "", 1],
  ["destroyById", "", "x"],
];

/** Options of `requestAuth`. */
export const AUTH: readonly object[] = [
  { from: [] },
  { from: "cookie" },
  { from: ["query"] },
  { from: [5] },
  { header: "Cookie" },
  { header: "a b" },
  { header: 1 },
  { realm: 'a"b' },
  { realm: "" },
  { realm: 1 },
  { optional: 1 },
  { retryAfter: 0 },
  { retryAfter: "5" },
  { cookie: { name: "a b" } },
  { cookie: { name: 5 } },
  { cookie: { domain: "a b" } },
  { cookie: { domain: 5 } },
  { cookie: { domain: "example.org" } },
  { cookie: { name: "__host-x", path: "/x" } },
  { cookie: { path: "x" } },
  { cookie: { path: 5 } },
  { cookie: { sameSite: "lax" } },
  { cookie: { sameSite: 5 } },
  { cookie: { name: "rwt", secure: false, partitioned: true } },
  { cookie: { name: "x", secure: false, sameSite: "None" } },
  { cookie: { name: "__Secure-rwt", secure: false } },
  { cookie: { secure: "no" } },
  { cookie: { persistent: 1 } },
  { cookie: { partitioned: 1 } },
  { cookie: { httpOnly: false } },
  { cookie: { name: "rwt" } },
  { header: "x-token" },
  { csrf: true },
  { csrf: { origin: [] } },
  { csrf: { origins: "https://a.org" } },
  { csrf: { origins: [5] } },
  { csrf: { origins: ["https://a.org/"] } },
  { csrf: { origins: ["https://*.a.org"] } },
  { csrf: { origins: ["null"] } },
  { csrf: { origins: ["//a.org"] } },
  { csrf: { origins: ["https://{host}"] } },
  { csrf: { origins: ["wss://a.org"] } },
  { csrf: { paths: "/a" } },
  { csrf: { paths: [5] } },
  { csrf: { paths: ["callback"] } },
  { csrf: { paths: ["/a?b"] } },
];

/** Where TypeScript checks the options and arguments that other languages have too. */
const SOURCES = [
  "options.ts",
  "call-options.ts",
  "sessions/options.ts",
  "sessions/list.ts",
  "request/options.ts",
  "request/cookie-options.ts",
  "request/requirement.ts",
  "encryption/index.ts",
  "once/options.ts",
  "token/authentication.ts",
];

/** What TypeScript alone has, by the beginning of its sentences, and what has a test of its own in each language. */
const OTHERS = [
  /^(store|now|confirmNull|schema|onEvent|fresh|onFailure|retries|after|signal) must/,
  /^optional must be false with require/,
  /^secret must/,
  /^unknown option \S+ in (verify's|authenticate's|sessions'|encryption's)? ?options/,
];

const escaped = (text: string): string =>
  text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll(/\\\$\\\{.*?\\\}/g, ".*");

const TEXT = `(?:"([^"]*)"|'([^']*)'|\`([^\`]*)\`)`;
const CHECK = new RegExp(
  `\\b(\\w+)\\(\\s*(?:/.*/, |[A-Z_]+, )?"([^"]+)"(?:,\\s*(?:\\w+,\\s*)?${TEXT})?`,
  "g",
);

/** The sentences of each check in TypeScript's source, as patterns. */
function sentencesOf(check: string, option: string, more: string): string[] {
  const must = `${option} must`;
  switch (check) {
    case "typeError":
      return [`${must} be ${more}, not `];
    case "rangeError":
      return [`${must} ${more}$`];
    case "OptionRangeError":
      return [`${more}$`];
    case "boolean":
      return [`${must} be true or false, not `];
    case "callable":
      return [`${must} be a function`];
    case "assertArray":
      return [`${must} be an array, not `];
    case "oneOf":
      return [`${must} be one of .*, not `, `${must} be one of [^,]*(, ?"[^,]*)*$`];
    case "wholeNumber":
      return [`${must} be a whole number of .*, not [a-z]`, `${must} be a whole number of .*, not [-\\d]`];
    case "wellFormedText":
      return [`${must} be text, not `];
    case "nonEmptyText":
      return [`${must} be text, not `, `${must} not be empty$`];
    case "readNames":
      return [
        `${must} be an array of texts, not `,
        `${must} not be empty: leave it out$`,
        `${must} be text, not `,
        `${must} be ASCII without blanks, quotes and backslashes$`,
      ];
    case "limited":
      return [`${must} be at most \\d+ bytes of JSON$`];
    case "assertJson":
      return [`${must} be JSON, but `];
    case "textLike":
      return [`${must} be text, not `, `${must} ${more}$`];
    case "knownOptions":
      return [`unknown option \\S+ in ${option};`];
    default:
      return [];
  }
}

/** A pattern for each sentence that TypeScript can answer a mistake with, and that the other languages need too. */
export function sharedSentences(): readonly RegExp[] {
  const found = SOURCES.flatMap((file) =>
    [...readFileSync(join(root, "src", file), "utf8").matchAll(CHECK)].flatMap(
      ([, check = "", option = "", a, b, c]) =>
        sentencesOf(check, escaped(option), escaped(a ?? b ?? c ?? "")),
    ),
  );
  const shared = [...new Set(found)].filter((sentence) => !OTHERS.some((other) => other.test(sentence)));
  return shared.map((sentence) => new RegExp(`^${sentence}`));
}
