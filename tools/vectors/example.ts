import { EPOCH, headerOf, IAT, personHeader } from "./header.ts";
import { bytesFor, tokenInputs } from "./inputs.ts";
import { sealLine } from "./sealed.ts";
import { bodyOf, derive, hmacOf, lookupMacOf, personOf, tokenVector } from "./token.ts";

const hex = (bytes: Buffer): string => `\`${bytes.toString("hex")}\``;
const code = (text: string): string => `\`${text}\``;

/** The worked example of SPEC.md, as Markdown: the tenth token vector, and what Redis stores for its session. */
export function workedExample(): string {
  const input = tokenInputs[9];
  if (input === undefined) throw new Error("no such input");
  const { secret, subject, deadline, expire, id } = input;
  const { token, successor, sessionKey, personKey, indexKey, kid } = tokenVector(input);
  const body = bodyOf(input);
  const mac = lookupMacOf(input);
  const facts = JSON.stringify({ sub: subject, meta: { device: "iPad" } });
  const data = '{"role":"user"}';
  const rows: [string, string][] = [
    ["secret", `${code(secret)} (text)`],
    ["subject", `${code(String(subject))} (text)`],
    ["deadline, expire", `${deadline}, ${expire} (decimal)`],
    ["id", code(id)],
    ["kid", code(kid)],
    ["token key", hex(derive(secret, "token", 32))],
    ["lookup key", hex(derive(secret, "lookup", 32))],
    ["subject key", hex(derive(secret, "subject", 32))],
    ["person", hex(personOf(secret, subject))],
    ["L, whose first half is the lookup", hex(mac)],
    ["person, masked", hex(body.subarray(13, 25))],
    ["bytes 0–40", hex(body)],
    ["their HMAC", hex(hmacOf(derive(secret, "token", 32), body))],
    ["token", code(token)],
    ["session's key", code(sessionKey)],
    ["person's key", code(String(personKey))],
    ["index's key", code(String(indexKey))],
    ["index's member", code(mac.subarray(0, 16).toString("base64url"))],
    ["successor's token", code(String(successor))],
  ];
  const iv = bytesFor("iv of the example", 12);
  const place = { key: sessionKey, line: 3, iat: null } as const;
  const rotated = headerOf({ epoch: EPOCH, generation: 1, state: 0, until: IAT + 130, again: IAT + 132 });
  const stored: [string, string][] = [
    [`session, signed at ${IAT}`, `${headerOf({ epoch: EPOCH })}\n${facts}\n${data}`],
    ["person, whose first session it is", personHeader()],
    ["session's line 1, rotated 100 seconds later with a grace of 30 seconds", rotated],
    ["session's line 1, once the successor is used", rotated.replace(" 00001 0 ", " 00001 1 ")],
    ["person, after updateAll", `${personHeader(1)}\n{"role":"admin"}`],
    [`session's line 3, encrypted with the IV ${iv.toString("hex")}`, sealLine(secret, place, data, iv)],
  ];
  return [
    "The tenth of the token vectors. Bytes are hex.",
    `| | |\n| --- | --- |\n${rows.map(([name, value]) => `| ${name} | ${value} |`).join("\n")}`,
    `\`\`\`text\n${stored.map(([name, text]) => `# ${name}\n${text}`).join("\n")}\n\`\`\``,
  ].join("\n\n");
}
