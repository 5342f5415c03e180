import { Redis } from "ioredis";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
atEnd(() => admin.quit());
const secret = "a secret of the tests, 32 bytes or more";

/** Lets the process's own clock go on, and no other. */
function later(seconds: number): void {
  const from = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => from + seconds * 1000);
}
afterEach(() => void vi.restoreAllMocks());

describe.each(storeKinds(redis, rest))("extendEvery: $name", ({ open }) => {
  const store = open({ extendEvery: 60 });
  const rwt = createRwt({ store, secret, verifyExtendsToken: true });
  const sentBy = (token: string) => commandsOf(admin, () => rwt.verify(token));

  test("slides once in so many seconds, and reads in between", async () => {
    const token = await rwt.sign("Ada");
    expect(await sentBy(token)).toEqual({ getex: 1 });
    for (let i = 0; i < 3; i++) expect(await sentBy(token)).toEqual({ get: 1 });
    later(59);
    expect(await sentBy(token)).toEqual({ get: 1 });
    vi.restoreAllMocks();
    later(61);
    expect(await sentBy(token)).toEqual({ getex: 1 });
    expect((await rwt.verify(token))?.data).toBe("Ada");
  });

  test("a sleep of the machine, which stops one of its clocks, counts too", async () => {
    const token = await rwt.sign("Ada");
    expect(await sentBy(token)).toEqual({ getex: 1 });
    const woken = Date.now() + 61_000;
    vi.spyOn(Date, "now").mockImplementation(() => woken);
    expect(await sentBy(token)).toEqual({ getex: 1 });
  });

  test("each token for itself", async () => {
    const [one, other] = [await rwt.sign(1), await rwt.sign(2)];
    await rwt.verify(one);
    expect(await sentBy(other)).toEqual({ getex: 1 });
  });

  test("at least twice in a short idle timeout, so that a session in use never ends", async () => {
    const token = await rwt.sign(1, { expire: 40 });
    expect(await sentBy(token)).toEqual({ getex: 1 });
    later(19);
    expect(await sentBy(token)).toEqual({ get: 1 });
    vi.restoreAllMocks();
    later(21);
    expect(await sentBy(token)).toEqual({ getex: 1 });
  });

  test("after an extend of another length it slides at once", async () => {
    const token = await rwt.sign(1);
    await rwt.verify(token);
    await rwt.extend(token, { expire: 5 });
    expect(await sentBy(token)).toEqual({ getex: 1 });
    const [key = ""] = (await admin.keys("*")).filter((name) => name.length > 30);
    expect(await admin.exists(key)).toBe(1);
  });

  test("a session that is gone is null at once, and a live one elsewhere is untouched", async () => {
    const token = await rwt.sign(1);
    await rwt.verify(token);
    await createRwt({ store: ioredisStore(admin), secret }).destroy(token);
    expect(await rwt.verify(token)).toBeNull();
  });
});

test("a service that doesn't slide never does", async () => {
  const rwt = createRwt({ store: ioredisStore(admin, { extendEvery: 60 }), secret });
  const token = await rwt.sign(1);
  for (let i = 0; i < 2; i++) expect(await commandsOf(admin, () => rwt.verify(token))).toEqual({ get: 1 });
});
