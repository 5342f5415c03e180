import { createHash } from "node:crypto";
import { derive, type TokenInput } from "./token.ts";

/** Bytes that look random and are the same in every run. */
export const bytesFor = (name: string, length: number): Buffer =>
  Buffer.from(
    Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
      createHash("sha256").update(`rwt vectors ${name} ${i}`).digest("hex"),
    ).join(""),
    "hex",
  ).subarray(0, length);

export const secretFor = (name: string): string => bytesFor(`secret ${name}`, 36).toString("base64url");

const EDGES: readonly Partial<TokenInput>[] = [
  { deadline: 0, expire: 1 },
  { deadline: 1, subject: "a" },
  { deadline: 2 ** 32 - 1, expire: 2 ** 32 - 1 },
  { deadline: 2 ** 32, expire: 2 ** 31 },
  { deadline: 2 ** 40 - 1, expire: 2 ** 32 - 1, subject: "user-42" },
  { secret: "exactly 32 bytes of ASCII text.." },
  { secret: "密钥-секрет-clé-🔑-0123456789" },
  { secret: "s".repeat(1000), subject: "long secret" },
  { secret: `${"with a newline at its end, which counts"}\n` },
  { subject: "émilie@example.org" },
  { subject: "🎟" },
  { subject: " " },
  { subject: "x".repeat(10_000) },
  { subject: "a\u0000b" },
  { random: "00".repeat(19), slot: "0000" },
  { random: "ff".repeat(19), slot: "ffff" },
];

/** The inputs of the token vectors: edges first, then others. */
export const tokenInputs: readonly TokenInput[] = Array.from({ length: 40 }, (_, i) => {
  const number = (name: string, below: number): number =>
    bytesFor(`${name} ${i}`, 6).readUIntBE(0, 6) % below;
  return {
    secret: secretFor(String(i)),
    subject: i >= EDGES.length && i % 2 === 0 ? `user-${i}` : null,
    deadline: 1_700_000_000 + number("deadline", 2_000_000_000),
    expire: 1 + number("expire", 5_000_000),
    slot: bytesFor(`slot ${i}`, 2).toString("hex"),
    random: bytesFor(`random ${i}`, 19).toString("hex"),
    ...EDGES[i],
  };
});

/** Two secrets with the same kid: a hint may point at both. */
export function secretsOfOneKid(): readonly [string, string] {
  const seen = new Map<string, string>();
  for (let i = 0; ; i++) {
    const secret = secretFor(`kid ${i}`);
    const kid = derive(secret, "kid", 1).toString("hex");
    const other = seen.get(kid);
    if (other !== undefined) return [other, secret];
    seen.set(kid, secret);
  }
}
