/** One-time tokens and codes, implemented a second time. Bytes are hex. */
import { bytesFor, secretFor } from "./inputs.ts";
import { derive, hmacOf, type TokenInput, tokenOf } from "./token.ts";

/** A one-time token, and what Redis holds for it. */
export interface OnceTokenVector {
  readonly secret: string;
  readonly purpose: string;
  /** Whose newest token it is; `null` for a token that nothing replaces. */
  readonly replaces: string | null;
  readonly deadline: number;
  readonly expire: number;
  readonly id: string;
  readonly kid: string;
  readonly token: string;
  readonly key: string;
  readonly value: string;
  /** What a reader finds. */
  readonly found: { readonly subject: string | null; readonly data: unknown };
}

/** A code, and what Redis holds for it. */
export interface OnceCodeVector {
  readonly secret: string;
  readonly purpose: string;
  readonly subject: string;
  readonly code: string;
  /** Wrong guesses left. */
  readonly attempts: number;
  readonly key: string;
  readonly value: string;
  readonly data: unknown;
}

/** A text that no service of this purpose may take for its token. */
export interface OnceRejectedVector {
  readonly secret: string;
  readonly purpose: string;
  readonly token: string;
  readonly why: string;
}

const keyOf = (secret: string, name: string, purpose: string, bytes: number = 32): Buffer =>
  derive(secret, `once/${name}/${purpose}`, bytes);

const personOf = (secret: string, purpose: string, subject: string): Buffer =>
  hmacOf(keyOf(secret, "subject", purpose), subject).subarray(0, 12);

const redisKey = (letter: "o" | "c", name: Buffer): string =>
  `rwt:{${name.subarray(0, 2).toString("hex")}}:${letter}:${name.toString("base64url")}`;

const headerOf = (issuedAt: number, expiresAt: number, attempts: number, proof: Buffer): string =>
  [
    1,
    String(issuedAt).padStart(10, "0"),
    String(expiresAt).padStart(10, "0"),
    String(attempts).padStart(3, "0"),
    proof.subarray(0, 16).toString("base64url"),
  ].join(" ");

interface Input {
  readonly secret: string;
  readonly purpose: string;
  readonly replaces: string | null;
  readonly deadline: number;
  readonly expire: number;
  readonly id: string;
  readonly generation?: number;
  readonly version?: number;
}

/** The text of a token. */
function onceToken({ secret, purpose, replaces, deadline, expire, id, ...odd }: Input): string {
  const L = hmacOf(keyOf(secret, "lookup", purpose), Buffer.from(id, "hex"));
  const body = Buffer.alloc(41);
  body.writeUInt8(odd.version ?? 1, 0);
  keyOf(secret, "kid", purpose, 1).copy(body, 1);
  body.writeUIntBE(deadline, 2, 5);
  body.writeUInt32BE(expire, 7);
  body.writeUInt16BE(odd.generation ?? 0, 11);
  const person = replaces === null ? Buffer.alloc(12) : personOf(secret, purpose, replaces);
  for (const [i, byte] of person.entries()) body.writeUInt8(byte ^ L.readUInt8(16 + i), 13 + i);
  Buffer.from(id, "hex").copy(body, 25);
  const tag = hmacOf(keyOf(secret, "token", purpose), body).subarray(0, 16);
  return `rwto_${Buffer.concat([body, tag]).toString("base64url")}`;
}

function tokenVector(input: Input, subject: string | null, data: unknown): OnceTokenVector {
  const { secret, purpose, replaces, deadline, expire, id } = input;
  const lookup = hmacOf(keyOf(secret, "lookup", purpose), Buffer.from(id, "hex")).subarray(0, 16);
  const name = replaces === null ? lookup : personOf(secret, purpose, replaces);
  const contents = JSON.stringify({ ...(subject !== null && { sub: subject }), data });
  return {
    secret,
    purpose,
    replaces,
    deadline,
    expire,
    id,
    kid: keyOf(secret, "kid", purpose, 1).toString("hex"),
    token: onceToken(input),
    key: redisKey("o", name),
    value: `${headerOf(deadline - expire, deadline, 0, lookup)}\n${contents}`,
    found: { subject, data },
  };
}

/** Far enough ahead that no service takes them for expired. */
const DEADLINE = 4_102_444_800;

const inputFor = (i: number, more: Partial<Input> = {}): Input => ({
  secret: secretFor(`once ${i}`),
  purpose: "password-reset",
  replaces: null,
  deadline: DEADLINE + i,
  expire: 600 + i,
  id: bytesFor(`once id ${i}`, 16).toString("hex"),
  ...more,
});

export const onceTokenVectors = (): OnceTokenVector[] => [
  tokenVector(inputFor(0), null, null),
  tokenVector(inputFor(1), "user-42", { next: "/inbox" }),
  tokenVector(inputFor(2, { replaces: "user-42" }), "user-42", null),
  tokenVector(inputFor(3, { replaces: "émilie@example.org" }), "émilie@example.org", "🎟"),
  tokenVector(inputFor(4, { purpose: "p" }), null, false),
  tokenVector(inputFor(5, { purpose: "A-Z_a-z.0-9:".repeat(5), replaces: "🎟" }), "🎟", 0),
  tokenVector(inputFor(6, { expire: 1 }), null, ""),
  tokenVector(inputFor(7, { expire: 31_536_000, deadline: 9_999_999_999 }), "x", []),
  tokenVector(inputFor(8, { id: "00".repeat(16) }), null, { "": null }),
  tokenVector(inputFor(9, { id: "ff".repeat(16), replaces: " " }), " ", "line\nbreak"),
  // One secret, two purposes: other keys, other tokens.
  tokenVector({ ...inputFor(10), purpose: "magic-link" }, "user-42", 1),
  tokenVector({ ...inputFor(10), purpose: "email-proof" }, "user-42", 1),
];

function codeVector(
  i: number,
  purpose: string,
  subject: string,
  code: string,
  attempts: number,
  data: unknown,
): OnceCodeVector {
  const secret = secretFor(`once code ${i}`);
  const person = personOf(secret, purpose, subject);
  const hash = hmacOf(keyOf(secret, "code", purpose), Buffer.concat([person, Buffer.from(code)]));
  return {
    secret,
    purpose,
    subject,
    code,
    attempts,
    key: redisKey("c", person),
    value: `${headerOf(DEADLINE - 600, DEADLINE, attempts, hash)}\n${JSON.stringify({ data })}`,
    data,
  };
}

export const onceCodeVectors = (): OnceCodeVector[] => [
  codeVector(0, "sign-in-code", "user-42", "000000", 5, null),
  codeVector(0, "sign-in-code", "user-43", "000000", 5, null),
  codeVector(0, "step-up", "user-42", "000000", 5, null),
  codeVector(1, "sign-in-code", "émilie@example.org", "123456", 1, { userId: "42" }),
  codeVector(2, "sign-in-code", "🎟", "999999999999", 100, "x"),
];

export function onceRejectedVectors(): OnceRejectedVector[] {
  const input = inputFor(20);
  const { secret, purpose } = input;
  const token = onceToken(input);
  const bytes = Buffer.from(token.slice(5), "base64url");
  bytes.writeUInt8(bytes.readUInt8(56) ^ 1, 56);
  const session: TokenInput = { ...input, subject: null, generation: 0 };
  const rejected: [string, string][] = [
    ["another purpose's", onceToken({ ...input, purpose: "password-resets" })],
    ["another secret's", onceToken({ ...input, secret: secretFor("once another") })],
    ["a session's token", tokenOf(session)],
    ["a session's token behind the prefix of one-time tokens", tokenOf(session).replace("rwt_", "rwto_")],
    ["the prefix of session tokens", token.replace("rwto_", "rwt_")],
    ["the prefix in capitals", token.replace("rwto_", "RWTO_")],
    ["generation 1", onceToken({ ...input, generation: 1 })],
    ["version 2", onceToken({ ...input, version: 2 })],
    ["a lifetime of 0", onceToken({ ...input, expire: 0 })],
    ["expired", onceToken({ ...input, deadline: 1_700_000_000 })],
    ["a tag with one wrong bit", `rwto_${bytes.toString("base64url")}`],
    ["cut by one character", token.slice(0, -1)],
    ["padded", `${token}=`],
    ["with a newline", `${token}\n`],
    ["empty", ""],
  ];
  return rejected.map(([why, text]) => ({ secret, purpose, token: text, why }));
}
