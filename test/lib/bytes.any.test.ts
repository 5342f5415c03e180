import { expect, test } from "vitest";
import { equalInConstantTime, fromBase64Url, toBase64Url } from "../../src/lib/bytes.ts";

test("base64url agrees with the runtime's own base64, for every length and byte", () => {
  for (const length of [...Array(300).keys(), 3072]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 167 + length) & 255);
    const native = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
    expect(toBase64Url(bytes)).toBe(native);
    if (length % 3 === 0) expect(fromBase64Url(native)).toEqual(bytes);
  }
});

test("byte arrays are equal only if all bytes are", () => {
  const bytes = Uint8Array.of(1, 2, 255);
  expect(equalInConstantTime(bytes, Uint8Array.of(1, 2, 255))).toBe(true);
  for (const other of [[1, 2, 254], [0, 2, 255], [1, 2], [1, 2, 255, 0], []]) {
    expect(equalInConstantTime(bytes, Uint8Array.from(other))).toBe(false);
    expect(equalInConstantTime(Uint8Array.from(other), bytes)).toBe(false);
  }
});
