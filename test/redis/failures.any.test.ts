import { expect, test } from "vitest";
import { DataError } from "../../src/errors.ts";
import { isNoScript, isRefusal, isTryAgain, isWrongType, storeFailure } from "../../src/redis/faults.ts";

test.each([
  ["ERR max daily request limit exceeded. Limit: 10000", "quota"],
  ["ERR DB capacity quota exceeded", "quota"],
  ["DENIED Redis is running in protected mode", "auth"],
  ["NOPROTO unsupported protocol version", "server"],
  ["ERR max requests limit exceeded. Limit: 500000, Usage: 500000", "quota"],
  ["-NOPERM this user has no permissions to run the 'get' command", "auth"],
  ["-WRONGPASS invalid username-password pair", "auth"],
  ["ERR READONLY You can't write against a read only slave.", "readonly"],
  ["An error was signalled by the server: - PermissionDenied: this user has no permissions", "auth"],
  [
    "An error was signalled by the server: - ReadOnly: You can't write against a read only replica.",
    "readonly",
  ],
  ["An error was signalled by the server: - BusyLoadingError: Redis is loading", "loading"],
  ["An error was signalled by the server: - ResponseError: max daily request limit exceeded.", "quota"],
  ["An error was signalled by the server: - ResponseError: user_script:1: RWT_ENCRYPTED script", "encrypted"],
  [
    "An error was signalled by the server: - ResponseError: The user executing the script can't run this command",
    "auth",
  ],
  ["An error was signalled by the server - Moved: 1 127.0.0.1:1", "server"],
  ["OOM: command not allowed when used memory > 'maxmemory'.", "memory"],
])("%s is an outage whose reason is %s", (text, reason) => {
  expect(storeFailure(new Error(text))).toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE", reason });
});

test.each([
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
  "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
])("what is wrong with a certificate is told by its code: %s", (code) => {
  const error = new TypeError("fetch failed", { cause: Object.assign(new Error("secret text"), { code }) });
  expect(storeFailure(error)).toMatchObject({ cause: { code } });
});

test.each([
  "ERR max request size exceeded. Limit: 1048576 bytes",
  "ERR max single record size exceeded",
  "Request failed: 413 Payload Too Large",
  "ERR Protocol error: invalid bulk length",
  "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
])("what is too large for the store is bad input, which asking again doesn't mend: %s", (text) => {
  const error = storeFailure(new Error(text));
  expect(error).toBeInstanceOf(DataError);
  expect(error).toMatchObject({ code: "ERR_RWT_DATA_TOO_LARGE", option: "data" });
  expect(error.message).not.toContain(text);
});

test("what a call depends on is known in the words of GLIDE, of Deno's client and of older kvrocks too", () => {
  const glide = (kind: string): Error =>
    new Error(`An error was signalled by the server: - ${kind}: some text`);
  expect(isNoScript(glide("NoScriptError"))).toBe(true);
  expect(isNoScript(new Error("-NOSCRIPT No matching script"))).toBe(true);
  expect(isTryAgain(glide("TryAgain"))).toBe(true);
  expect(isRefusal(glide("CrossSlot"))).toBe(true);
  expect(isRefusal(glide("PermissionDenied"))).toBe(true);
  expect(isRefusal(new Error("-NOPERM this user has no permissions"))).toBe(true);
  expect(isWrongType(new Error("-WRONGTYPE Operation against a key"))).toBe(true);
  expect(isWrongType(new Error("ERR WRONGTYPE Operation against a key"))).toBe(true);
});
