/** Opens and makes the vectors' encrypted values, and prints which of them went wrong, as JSON. */
import { payloadCipher } from "../../src/encryption/gcm.ts";
import { openValue, sealValue } from "../../src/encrypt/sealed-value.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { fromHex, utf8 } from "../support/bytes.ts";

const wrong: string[] = [];
for (const { secrets, key, value, text, iv } of vectors.sealed) {
  const ring = await Promise.all(secrets.map((secret) => payloadCipher(utf8(secret))));
  const open = (at: string, sealed: string) => openValue(async () => ring, at, sealed);
  if ((await open(key, value)) !== text) wrong.push(value);
  if (text === null || iv === undefined) continue;
  if ((await open(`${key}x`, value)) !== null) wrong.push(`${value} at another key`);
  const made = await Promise.all(ring.map((cipher) => sealValue(cipher, key, text, fromHex(iv))));
  if (!made.includes(value)) wrong.push(`${value} made anew`);
}
console.log(JSON.stringify({ looked: vectors.sealed.length, wrong }));
