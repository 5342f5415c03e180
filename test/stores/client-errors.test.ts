import { describe, expect, test } from "vitest";
import type { StoreUnavailableError } from "../../src/index.ts";
import { redisStore } from "../../src/redis/index.ts";

import { expectOutage, healthy, password, secret } from "./outage-fixture.ts";

describe("whatever a client throws", () => {
  const raw = `ERR ${secret} ${password} rwt:{beef}:s:x`;
  const thrown: [string, unknown, string][] = [
    ["nothing", undefined, "network"],
    ["a text", raw, "network"],
    [
      "an error that holds everything",
      Object.assign(new Error(raw), { command: [raw], code: raw }),
      "server",
    ],
    [
      "causes in causes",
      new Error(raw, { cause: new Error("x", { cause: new Error(`LOADING ${raw}`) }) }),
      "server",
    ],
    [
      "an AggregateError",
      new AggregateError([Object.assign(new Error(raw), { code: "ECONNREFUSED" })], "x"),
      "server",
    ],
    ["a name of its own", Object.assign(new Error("x"), { name: raw }), "network"],
    ["a code that looks like a Redis one", new Error(`S3CRET ${raw}`), "network"],
    ["LOADING", new Error("LOADING Redis is loading the dataset in memory"), "loading"],
    ["NOPERM", new Error("NOPERM this user has no permissions"), "auth"],
    ["MISCONF", new Error("MISCONF Redis is configured to save RDB snapshots"), "server"],
    ["a cycle of causes", cyclicCause(), "network"],
    ["a code that isn't the system's", Object.assign(new Error("x"), { code: password }), "network"],
    ["a word that isn't a code", new Error(`${"password".toUpperCase()} ${password}`), "network"],
  ];
  test.each(thrown)("%s", async (_, error, reason) => {
    const broken = redisStore({
      send: () => Promise.reject(error),
      close: async () => {},
    });
    await expectOutage(broken, healthy, reason);
  });

  const told: [unknown, string, string | undefined][] = [
    [new Error("MASTERDOWN Link with MASTER is down"), "loading", "MASTERDOWN"],
    [new Error("CLUSTERDOWN The cluster is down"), "server", "CLUSTERDOWN"],
    [new Error("NOAUTH Authentication required."), "auth", "NOAUTH"],
    [new Error("PASSWORD12 in the message"), "network", undefined],
    [new Error("HUNTER in the message"), "network", undefined],
    [Object.assign(new Error("x"), { code: "ECONNRESET" }), "network", "ECONNRESET"],
    [Object.assign(new Error("x"), { code: "UND_ERR_SOCKET" }), "network", "UND_ERR_SOCKET"],
    [Object.assign(new Error("x"), { code: password }), "network", undefined],
    [
      new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }) }),
      "network",
      "ENOTFOUND",
    ],
    [
      new AggregateError([Object.assign(new Error("x"), { code: "ECONNREFUSED" })]),
      "network",
      "ECONNREFUSED",
    ],
    [new DOMException("signal timed out", "TimeoutError"), "timeout", undefined],
  ];
  test.each(told)("%s keeps its reason and its code", async (error, reason, code) => {
    const broken = redisStore({ send: () => Promise.reject(error), close: async () => {} });
    const thrown = (await broken
      .read({ session: "key" })
      .catch((error: unknown) => error)) as StoreUnavailableError;
    expect(thrown).toMatchObject({
      reason,
      cause: { code, message: code ?? "no further detail is safe to show" },
    });
  });

  function cyclicCause(): Error {
    const error = new Error(raw.slice(4));
    error.cause = error;
    return error;
  }
});
