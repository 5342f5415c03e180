import { describe, expect, test, vi } from "vitest";
import { deriveKeys, openToken, sessionKeys } from "../../src/token/index.ts";
import { macOf } from "../../src/token/mac.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { utf8 } from "../support/bytes.ts";
import { hasNativeHash, spyOnMacs, withoutNativeCrypto } from "../support/native-crypto.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

describe("a MAC", () => {
  test("is the same with the native hash and with Web Crypto", async () => {
    for (let i = 0; i < 50; i++) {
      const bits = random(32);
      const [own, web] = [await macOf(bits), await withoutNativeCrypto(() => macOf(bits))];
      for (const length of [0, 1, 32, 63, 64, 65, 1000]) {
        const body = random(length);
        expect(await own(body)).toEqual(await web(body));
      }
    }
  });

  test("is a plain Uint8Array with its own buffer of 32 bytes", async () => {
    const mac = await macOf(random(32));
    const [first, second] = [await mac(random(32)), await mac(random(32))];
    expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype);
    expect([first.length, first.byteOffset, first.buffer.byteLength]).toEqual([32, 0, 32]);
    expect(first).not.toEqual(second);
  });

  test("uses Web Crypto's thread pool only if there is no native hash", async () => {
    const web = vi.spyOn(crypto.subtle, "sign");
    await (await macOf(random(32)))(random(32));
    expect(web).toHaveBeenCalledTimes(hasNativeHash ? 0 : 1);
    await (await withoutNativeCrypto(() => macOf(random(32))))(random(32));
    expect(web).toHaveBeenCalledTimes(hasNativeHash ? 1 : 2);
    web.mockRestore();
  });

  test("with Web Crypto has a key that can't be exported", async () => {
    const imported = vi.spyOn(crypto.subtle, "importKey");
    await withoutNativeCrypto(() => macOf(random(32)));
    const key = (await imported.mock.results[0]?.value) as CryptoKey;
    imported.mockRestore();
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
  });
});

test("the vectors hold without the native hash", async () => {
  const hashes = spyOnMacs();
  await withoutNativeCrypto(async () => {
    for (const { secret, token, sessionKey, personKey } of vectors.tokens) {
      const opened = await openToken([await deriveKeys(utf8(secret))], token);
      const { session, person = null } = sessionKeys("rwt:", opened?.lookup ?? expect.fail(), opened?.person);
      expect([session, person]).toEqual([sessionKey, personKey]);
    }
  });
  if (hasNativeHash) expect(hashes).not.toHaveBeenCalled();
  hashes.mockRestore();
});
