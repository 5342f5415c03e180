import { describe, expect, test } from "vitest";
import { freshSubject, serviceOn, twoBenches } from "./fixture.ts";
import { headerOf, keysOf, personKeysOf, rawOf } from "./values.ts";

describe.each(await twoBenches())("a person's key: $name", (bench) => {
  const { store } = bench;
  const raw = rawOf(store);

  test("outlives every session, and nothing shortens its life", async () => {
    const subject = freshSubject();
    const long = serviceOn(bench, { maxLifetime: 1_000_000, expire: 900_000 });
    const short = serviceOn(bench, { maxLifetime: 100, expire: 100, maxSessions: 2 });
    const token = await long.sign(1, { subject });
    const { person, index, session } = await personKeysOf(token);
    const isLong = async () => {
      for (const key of [person, index]) expect(await raw.pttl(key)).toBeGreaterThan(999_000_000);
    };
    await isLong();
    const other = await short.sign(2, { subject });
    await isLong();
    for (const act of [
      () => short.updateAll(subject, 3),
      () => short.rotate(token),
      () => short.extend(other),
      () => short.destroyAll(subject, { except: token }),
      () => short.list(subject),
      () => short.destroy(other),
      () => short.sign(4, { subject }),
      () => short.sign(5, { subject }),
    ]) {
      await act();
      await isLong();
    }
    // The other way round, its life is extended.
    const fresh = freshSubject();
    const keys = await personKeysOf(await short.sign(1, { subject: fresh }));
    expect(await raw.pttl(keys.person)).toBeLessThanOrEqual(100_000);
    await long.sign(1, { subject: fresh });
    expect(await raw.pttl(keys.person)).toBeGreaterThan(999_000_000);
    expect(await raw.pttl(keys.index)).toBeGreaterThan(999_000_000);
    expect(await raw.pttl(session)).toBeGreaterThan(0);
  });

  test("has a new, unpredictable epoch after each destroyAll", async () => {
    const subject = freshSubject();
    const epochs = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const { session } = await keysOf(await serviceOn(bench).sign(1, { subject }));
      epochs.add(headerOf(await raw.get(session)).epoch);
      await serviceOn(bench).destroyAll(subject);
    }
    expect(epochs.size).toBe(20);
    for (const epoch of epochs) expect(epoch).toMatch(/^[\w-]{11}$/);
    // Epochs don't have a common beginning.
    const beginnings = [...epochs].map((epoch) => epoch.slice(0, 4));
    expect(new Set(beginnings).size).toBeGreaterThan(15);
  });
});
