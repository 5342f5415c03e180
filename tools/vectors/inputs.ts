import { createHash } from "node:crypto";
import { derive, type TokenInput } from "./token.ts";

/** Pseudorandom bytes, the same in every run. */
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
  { id: "00".repeat(16) },
  { id: "ff".repeat(16), subject: "user-42" },
  { generation: 1 },
  { generation: 255, subject: "user-42" },
  { generation: 256 },
  { generation: 65_534, subject: "user-42" },
  { generation: 65_535, subject: "user-42" },
];

/** The inputs of the project's own token vectors: edge cases first. */
export const tokenInputs: readonly TokenInput[] = Array.from({ length: 40 }, (_, i) => {
  const number = (name: string, below: number): number =>
    bytesFor(`${name} ${i}`, 6).readUIntBE(0, 6) % below;
  return {
    secret: secretFor(String(i)),
    subject: i >= EDGES.length && i % 2 === 0 ? `user-${i}` : null,
    deadline: 1_700_000_000 + number("deadline", 2_000_000_000),
    expire: 1 + number("expire", 5_000_000),
    generation: i >= EDGES.length ? number("generation", 65_535) : 0,
    id: bytesFor(`id ${i}`, 16).toString("hex"),
    ...EDGES[i],
  };
});

/** Two secrets with the same kid: the kid is only a hint, so both have to be tried. */
export function secretsOfOneKid(): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i++) {
    const secret = secretFor(`of one kid ${i}`);
    const kid = derive(secret, "kid", 1).readUInt8();
    const other = seen.get(kid);
    if (other !== undefined) return [other, secret];
    seen.set(kid, secret);
  }
}
