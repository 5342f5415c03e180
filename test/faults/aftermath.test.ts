/** What faults leave behind: no command that was sent twice, no connection, no timer. */
import { describe, expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import { type FaultProxy, faultProxy, type ProxyFault } from "../doubles/fault-proxy.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const rest = await ownRest(redis);
const names = storeKinds(redis, rest).map(({ name }) => name);

async function openThroughProxy(
  name: string,
  timeout: number,
): Promise<{ proxy: FaultProxy; rwt: Rwt<string> }> {
  const isHttp = name.startsWith("upstash");
  const proxy = await faultProxy(isHttp ? Number(new URL(rest.url).port) : redis.port);
  const kinds = storeKinds(
    { url: `redis://127.0.0.1:${proxy.port}` },
    { url: `http://127.0.0.1:${proxy.port}`, token: rest.token },
  );
  const store = kinds.find((kind) => kind.name === name)?.open({ timeout });
  if (store === undefined) throw new Error(`no store is called ${name}`);
  return { proxy, rwt: createRwt<string>({ store, secret }) };
}

const untilItAnswers = (rwt: Rwt<string>): Promise<void> =>
  expect
    .poll(() => rwt.connect().then(() => "connected", String), { timeout: 20_000, interval: 25 })
    .toBe("connected");

const ours = names.filter((name) => !name.includes("caller"));
const LOST: readonly ProxyFault[] = [
  { resetsAtRequest: true },
  { resetsAtReply: true },
  { resetsInReply: true },
];

describe.each(ours)("%s, with a client that the library created", (name) => {
  test.each(LOST)("doesn't retry a command: %j", async (fault) => {
    const { proxy, rwt } = await openThroughProxy(name, 10_000);
    await rwt.connect();
    const token = await rwt.sign("data");
    // Scripts that Redis doesn't know are sent a second time, as text. Sign once, so that it knows them.
    await rwt.sign("data", { subject: "subject" });
    const calls: Record<string, () => Promise<unknown>> = {
      verify: () => rwt.verify(token),
      extend: () => rwt.extend(token),
      destroy: () => rwt.destroy(token),
      sign: () => rwt.sign("data"),
      "sign, indexed": () => rwt.sign("data", { subject: "subject" }),
    };
    for (const [operation, call] of Object.entries(calls)) {
      // Stops the background work of the previous sign, whose session is taken back.
      await rwt.disconnect();
      await untilItAnswers(rwt);
      const before = proxy.requests();
      await proxy.break(fault);
      await expect(call(), operation).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
      expect(proxy.requests() - before, operation).toBe(1);
      await proxy.mend("stay");
    }
    await proxy[Symbol.asyncDispose]();
  });
});

/** The number of sockets and timers of this process. */
const handles = (): Record<"sockets" | "timers", number> => {
  const all = process.getActiveResourcesInfo();
  const count = (name: string): number => all.filter((resource) => resource === name).length;
  return { sockets: count("TCPSocketWrap"), timers: count("Timeout") };
};

test.each(names)(
  "%s: as many sockets and timers after many faults as after a few",
  async (name) => {
    const ROUNDS = 6;
    const FAULTS: readonly ProxyFault[] = [{ refuses: true }, { resetsAtReply: true }, { swallows: true }];
    const { proxy, rwt } = await openThroughProxy(name, 200);
    await untilItAnswers(rwt);
    const token = await rwt.sign("data");
    const burst = () => Promise.allSettled(Array.from({ length: 10 }, () => rwt.verify(token)));

    async function round(): Promise<void> {
      for (const fault of FAULTS) {
        await proxy.break(fault);
        const outcomes = await burst();
        expect(outcomes.filter(({ status }) => status === "fulfilled")).toEqual([]);
        await proxy.mend(name.includes("caller") ? "are reset" : "stay");
        await untilItAnswers(rwt);
      }
    }

    await round();
    await burst();
    const after = handles();
    for (let i = 1; i < ROUNDS; i++) await round();
    await burst();
    // Some more kept HTTP connections are fine, but not one for each of the 150 calls that failed.
    await expect.poll(() => handles().sockets - after.sockets, { timeout: 10_000 }).toBeLessThan(30);
    await expect.poll(() => handles().timers - after.timers, { timeout: 10_000 }).toBeLessThan(15);
    if (!name.startsWith("upstash")) await expect.poll(proxy.held, { timeout: 10_000 }).toBe(1);
    await rwt.disconnect();
    await proxy[Symbol.asyncDispose]();
  },
  60_000,
);
