import { expect, test } from "vitest";
import { DataError } from "../../src/errors.ts";
import { storeFailure } from "../../src/redis/faults.ts";

test.each([
  ["ERR max daily request limit exceeded. Limit: 10000", "quota"],
  ["ERR DB capacity quota exceeded", "quota"],
  ["DENIED Redis is running in protected mode", "auth"],
  ["NOPROTO unsupported protocol version", "server"],
])("%s is an outage whose reason is %s", (text, reason) => {
  expect(storeFailure(new Error(text))).toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE", reason });
});

test.each(["CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT", "ERR_TLS_CERT_ALTNAME_INVALID"])(
  "what is wrong with a certificate is told by its code: %s",
  (code) => {
    const error = new TypeError("fetch failed", { cause: Object.assign(new Error("secret text"), { code }) });
    expect(storeFailure(error)).toMatchObject({ cause: { code } });
  },
);

test.each([
  "ERR max request size exceeded. Limit: 1048576 bytes",
  "Request failed: 413 Payload Too Large",
  "ERR Protocol error: invalid bulk length",
  "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
])("what is too large for the store is bad input, which asking again doesn't mend: %s", (text) => {
  const error = storeFailure(new Error(text));
  expect(error).toBeInstanceOf(DataError);
  expect(error).toMatchObject({ code: "ERR_RWT_DATA_TOO_LARGE", option: "data" });
  expect(error.message).not.toContain(text);
});
