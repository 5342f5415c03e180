/** Opens and makes the encrypted lines of the vectors, and prints those that went wrong, as JSON. */
import { payloadCipher } from "../../src/encryption/gcm.ts";
import { openLine, sealLine } from "../../src/encryption/sealed-line.ts";
import type { Line } from "../../src/token/lines.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { fromHex, utf8 } from "../support/bytes.ts";

const wrong: string[] = [];
for (const { secrets, key, line, iat, value, text, iv } of vectors.sealed) {
  const ring = await Promise.all(secrets.map((secret) => payloadCipher(utf8(secret))));
  const place: Line = { key, number: line as Line["number"], issuedAt: iat ?? undefined };
  const open = (at: Line) => openLine(async () => ring, at, value);
  if ((await open(place)) !== text) wrong.push(value);
  if (text === null || iv === undefined) continue;
  const elsewhere: Line[] = [
    { ...place, key: `${key}x` },
    { ...place, number: place.number === 2 ? 3 : 2 },
    { ...place, issuedAt: (iat ?? 0) + 1 },
  ];
  for (const at of elsewhere) if ((await open(at)) !== null) wrong.push(`${value} elsewhere`);
  const made = await Promise.all(ring.map((cipher) => sealLine(cipher, place, text, fromHex(iv))));
  if (!made.includes(value)) wrong.push(`${value} made anew`);
}
console.log(JSON.stringify({ looked: vectors.sealed.length, wrong }));
