import { describe, expect, test } from "vitest";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { type LegacyOptions, legacy } from "../../src/legacy/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { secret } from "./fixture.ts";

describe("the options of legacy", () => {
  const store = redisStore({ send: async () => null, close: async () => {} });
  const make = (options: unknown, more: Partial<RwtOptions> = {}) =>
    createRwt({ store, secret, ...more }).with(legacy(options as LegacyOptions));

  test.each([
    [undefined, "legacy's options", "ERR_RWT_OPTION_TYPE"],
    [{}, "legacy.prefix", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: 1 }, "legacy.prefix", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", secret: 1 }, "legacy.secret", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", until: "soon" }, "legacy.until", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", until: -1 }, "legacy.until", "ERR_RWT_OPTION_RANGE"],
    [{ prefix: "", upgrade: "yes" }, "legacy.upgrade", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", grace: 0 }, "legacy.grace", "ERR_RWT_OPTION_RANGE"],
    [{ prefix: "", convert: {} }, "legacy.convert", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", upgarde: true }, "upgarde", "ERR_RWT_OPTION_UNKNOWN"],
  ])("%j is refused", (legacy, option, code) => {
    expect(() => make(legacy)).toThrow(expect.objectContaining({ option, code }));
  });

  test("with several secrets one must be named for the old tokens, and the store must be a Redis", () => {
    const several = { secret: [secret, secret.toUpperCase()] };
    expect(() => make({ prefix: "" }, several)).toThrow(/legacy\.secret is required/);
    expect(() => make({ prefix: "", secret: "old" }, several)).not.toThrow();
    expect(() => make({ prefix: "" }, { store: memoryStore() })).toThrow(
      expect.objectContaining({
        code: "ERR_RWT_OPTION_TYPE",
        option: "store",
        message: expect.stringMatching(
          /store must be one that reaches Redis, where the old tokens are, for legacy\(\)/,
        ),
      }),
    );
  });
});

test.each([
  ["EVAL", 1],
  ["EVAL", [1]],
  ["EVAL", "{}"],
  ["EVAL", "hx"],
  ["EVAL", "h{}"],
])("an invalid reply is an outage, not null: %s %j", async (_, reply) => {
  const store = redisStore({ send: async () => reply, close: async () => {} });
  const rwt = createRwt({ store, secret }).with(legacy({ prefix: "" }));
  await expect(rwt.verify("0-0-0-0-0")).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
  await expect(rwt.expireOrphans()).rejects.toMatchObject({ reason: "reply" });
});
