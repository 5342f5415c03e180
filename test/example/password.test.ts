import { execFileSync } from "node:child_process";
import { pbkdf2Sync } from "node:crypto";
import { expect, test } from "vitest";
import { hashPassword, isPasswordHash, NOBODYS_HASH, verifyPassword } from "../../worker-example/password.ts";

test("a hash matches only its own password, and no two hashes are the same", async () => {
  const [first, second] = await Promise.all([hashPassword("hopper"), hashPassword("hopper")]);
  expect(first).not.toBe(second);
  expect(first).toMatch(/^pbkdf2-sha256\$100000\$[\w-]{22}\$[\w-]{43}$/);
  expect(isPasswordHash(first)).toBe(true);
  for (const hash of [first, second]) expect(await verifyPassword("hopper", hash)).toBe(true);
  for (const wrong of ["hoppe", "hopper ", "Hopper", ""])
    expect(await verifyPassword(wrong, first)).toBe(false);
});

test("every byte of the key counts", async () => {
  const hash = await hashPassword("hopper", 1);
  const [head = "", key = ""] = [hash.slice(0, -43), hash.slice(-43)];
  for (let i = 0; i < 32; i++) {
    const bytes = Buffer.from(key, "base64url");
    bytes[i] = (bytes[i] ?? 0) ^ 1;
    expect(await verifyPassword("hopper", head + bytes.toString("base64url"))).toBe(false);
  }
});

test("it is PBKDF2-HMAC-SHA-256, as node:crypto makes it", async () => {
  const salt = Buffer.from("sixteen bytes!!!");
  const key = pbkdf2Sync("hopper", salt, 1_000, 32, "sha256");
  const hash = `pbkdf2-sha256$1000$${salt.toString("base64url")}$${key.toString("base64url")}`;
  expect(await verifyPassword("hopper", hash)).toBe(true);
});

test("the hash for unknown names matches no password, and takes as much work as asked for", async () => {
  expect(isPasswordHash(NOBODYS_HASH)).toBe(true);
  expect(await verifyPassword("", NOBODYS_HASH)).toBe(false);
});

test("an accented letter is the same, however it was typed", async () => {
  expect(await verifyPassword("cafe\u0301", await hashPassword("caf\u00e9"))).toBe(true);
});

test("hash-password.ts reads a password and prints its hash", async () => {
  const script = new URL("../../worker-example/hash-password.ts", import.meta.url).pathname;
  const hash = execFileSync(process.execPath, [script], {
    input: "open sesame\n",
    encoding: "utf8",
  }).trimEnd();
  expect(await verifyPassword("open sesame", hash)).toBe(true);
  expect(() => execFileSync(process.execPath, [script], { input: "\n", stdio: "pipe" })).toThrow(
    "No password",
  );
});
