import { EPOCH, headerOf, IAT, personHeader } from "./header.ts";
import { bytesFor, tokenInputs } from "./inputs.ts";
import { sealLine } from "./sealed.ts";
import { bodyOf, derive, hmacOf, lookupMacOf, personOf, tokenVector } from "./token.ts";

const hex = (bytes: Buffer): string => `\`${bytes.toString("hex")}\``;
const code = (text: string): string => `\`${text}\``;

/** SPEC.md's worked example, as Markdown: the tenth token vector, and what Redis holds of its session. */
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
    ["L", hex(mac)],
    ["person, masked", hex(body.subarray(13, 25))],
    ["bytes 0–40", hex(body)],
    ["their HMAC", hex(hmacOf(derive(secret, "token", 32), body))],
    ["token", code(token)],
    ["session's key", code(sessionKey)],
    ["person's key", code(String(personKey))],
    ["index's key", code(String(indexKey))],
    ["member of the index", code(mac.subarray(0, 16).toString("base64url"))],
    ["successor's token", code(String(successor))],
  ];
  const iv = bytesFor("iv of the example", 12);
  const place = { key: sessionKey, line: 3, iat: null } as const;
  const fenced = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;
  const fresh = headerOf({ epoch: EPOCH });
  const rotated = headerOf({ epoch: EPOCH, generation: 1, state: 0, until: IAT + 130, again: IAT + 132 });
  return [
    "The tenth of the token vectors. Bytes are hex.",
    `| | |\n| --- | --- |\n${rows.map(([name, value]) => `| ${name} | ${value} |`).join("\n")}`,
    `Signed at ${IAT} as the person's first session. The session's value, the person's value, and the index's member with the deadline as its score:`,
    fenced(`${fresh}\n${facts}\n${data}`),
    fenced(personHeader()),
    `Rotated 100 seconds later with a grace of 30 seconds, line 1 of the session is:`,
    fenced(rotated),
    `After the successor's first use, and one \`updateAll\`, the session's line 1 and the person's value are:`,
    fenced(rotated.replace(" 00001 0 ", " 00001 1 ")),
    fenced(`${personHeader(1)}\n{"role":"admin"}`),
    `Line 3 of the session, encrypted with the IV ${hex(iv)}:`,
    fenced(sealLine(secret, place, data, iv)),
  ].join("\n\n");
}
