/** Each secret has its own person, so calls for all of a person's sessions write once for each secret. */
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { freshSubject, secret, serviceOn, twoBenches } from "./fixture.ts";
import { personKeysOf } from "./values.ts";

const next = "the next secret of the tests, 32 bytes or more";

describe.each(await twoBenches())("several secrets: $name", ({ store, time }) => {
  /** A store that refuses to write one key. */
  const refusing = (key: string, asked: string[]): TokenStore => ({
    ...store,
    async run(call, options) {
      if (call.write) asked.push(...call.keys);
      if (call.keys.includes(key)) throw new Error("refused");
      return store.run(call, options);
    },
  });

  test.each(["destroyAll", "updateAll"] as const)(
    "%s succeeds only if it did for every secret, and does the newest last",
    async (name) => {
      const subject = freshSubject();
      const old = await createRwt({ store, secret, now: time.now }).sign(1, { subject });
      const both = createRwt({ store, secret: [next, secret], now: time.now });
      const fresh = await both.sign(2, { subject });
      const { person } = await personKeysOf(old);
      const persons: string[] = [];
      const run = (over: TokenStore) => {
        const rwt = serviceOn({ store: over, time }, { secret: [next, secret] });
        return name === "destroyAll" ? rwt.destroyAll(subject) : rwt.updateAll(subject, "all");
      };
      const changed = name === "destroyAll" ? null : "all";
      const seen = async () => [
        (await both.verify(old))?.data ?? null,
        (await both.verify(fresh))?.data ?? null,
      ];

      await expect(run(refusing(person, persons))).rejects.toThrow("refused");
      // The older secret comes first, so that the newest is left alone if that fails.
      expect([persons, await seen()]).toEqual([[person], [1, 2]]);
      await run(refusing("none", persons));
      const newest = persons.find((key) => key.includes(":p:") && key !== person) ?? "";
      expect([newest === "", await seen()]).toEqual([false, [changed, changed]]);

      const later = [
        await createRwt({ store, secret, now: time.now }).sign(1, { subject }),
        await both.sign(2, { subject }),
      ];
      await expect(run(refusing(newest, []))).rejects.toThrow("refused");
      expect((await both.verify(later[0]))?.data ?? null).toBe(changed);
      expect((await both.verify(later[1]))?.data).toBe(2);
      // On a retry it succeeds.
      expect(await run(store)).toBe(true);
      for (const token of later) expect((await both.verify(token))?.data ?? null).toBe(changed);
    },
  );
});
