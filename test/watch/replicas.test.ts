/** Watches over a replica that lags: it tells no end that didn't happen, and no data that is older than what was told. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { watch } from "../../src/watch/index.ts";
import { startEnvironment } from "../consistency/environment.ts";
import { atEnd } from "../support/at-end.ts";
import { collected, endOf, until } from "./watched.ts";

const environment = await startEnvironment([1500]);
atEnd(() => environment.stop());
const secret = "a secret of the watch tests, 32 bytes";

const elsewhere = createRwt<number>({ store: environment.open("HTTP"), secret }).with(sessions());
const here = createRwt<number>({ store: environment.open("HTTP"), secret }).with(watch({ every: 1 }));
atEnd(() => here.disconnect());

test.each([undefined, "Ada"])(
  "subject %s: a session that the replica doesn't have yet is live, and no older data is told",
  async (subject) => {
    const token = await elsewhere.sign(1, { subject });
    await sleep(1000);
    await elsewhere.update(token, 2);
    const watching = here.watch(token);
    const events = collected(watching);
    // While the replica has neither, then only the sign, then both.
    await sleep(3000);
    expect(events).toMatchObject([{ type: "live", session: { data: 2 } }]);
    await elsewhere.destroy(token);
    expect((await endOf(watching)).end).toEqual({ reason: "ended" });
    expect(events.map(({ type }) => type)).toEqual(["live", "ended"]);
  },
);

test("a session whose user's other sessions have just ended stays, by the epoch that only the primary has", async () => {
  const token = await elsewhere.sign(1, { subject: "Grace" });
  const other = await elsewhere.sign(2, { subject: "Grace" });
  await elsewhere.destroyAll("Grace", { except: token });
  const [stays, ends] = [here.watch(token), here.watch(other)];
  const events = collected(stays);
  expect((await endOf(ends)).end).toEqual({ reason: "not_live" });
  await sleep(3000);
  expect(events.map(({ type }) => type)).toEqual(["live"]);
  stays.stop();
});

test("many ends at once are confirmed by one request for each 128", async () => {
  const tokens = await Promise.all(Array.from({ length: 300 }, (_, n) => elsewhere.sign(n)));
  const watches = tokens.map((token) => here.watch(token));
  const events = watches.map(collected);
  await until(() => events.every(({ length }) => length === 1));
  const real = globalThis.fetch;
  let requests = 0;
  atEnd(() => {
    globalThis.fetch = real;
  });
  await Promise.all(tokens.map((token) => elsewhere.destroy(token)));
  globalThis.fetch = (...args: Parameters<typeof fetch>) => {
    requests++;
    return real(...args);
  };
  const ends = await Promise.all(watches.map((each) => endOf(each)));
  expect(ends.every(({ end }) => end?.reason === "ended")).toBe(true);
  // Two sweeps find all, or three while some of the ends arrive; each confirms with three requests at most.
  expect(requests).toBeLessThanOrEqual(12);
});

test.each([undefined, "Mary"])(
  "subject %s: a token that is newer than what the replica knows gets what was written with it",
  async (subject) => {
    const before = await elsewhere.sign(1, { subject });
    await environment.untilReplicated();
    const token = await elsewhere.reauthenticate(before, { amr: ["otp"] });
    await elsewhere.update(token, 2);
    const watching = here.watch(token);
    const events = collected(watching);
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ type: "live", session: { data: 2, auth: { amr: ["otp"] } } }]);
    watching.stop();
  },
);
