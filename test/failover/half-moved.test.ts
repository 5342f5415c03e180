/** A slot whose keys are on two masters: commands with one key work, and those with several wait until the move is done. */
import { setTimeout as sleep } from "node:timers/promises";
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { afterAll, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { freshSubject, secret } from "../sessions/fixture.ts";
import { personKeysOf } from "../sessions/values.ts";
import { ownCluster } from "../support/servers.ts";

const cluster = await ownCluster(2);
const ids = await Promise.all(cluster.masters.map((node) => node.call("CLUSTER", "MYID") as Promise<string>));
const ioredis = new Cluster([...cluster.urls]);
const nodeRedis = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
afterAll(() => Promise.all([ioredis.quit(), nodeRedis.close()]));

/** Moves some of a slot's keys, and returns a function that moves the others. */
async function movePart(keys: readonly string[]): Promise<() => Promise<void>> {
  const call = (node: number, ...words: [string, ...string[]]) => cluster.masters[node]?.call(...words);
  const slot = String(await call(0, "CLUSTER", "KEYSLOT", keys[0] ?? ""));
  const isFirst = Number(await call(0, "CLUSTER", "COUNTKEYSINSLOT", slot)) > 0;
  const [source, target] = isFirst ? [0, 1] : [1, 0];
  const port = String(cluster.servers[target]?.port);
  const migrate = (moved: readonly string[]) =>
    call(source, "MIGRATE", "127.0.0.1", port, "", "0", "5000", "KEYS", ...moved);
  await call(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source] ?? "");
  await call(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target] ?? "");
  await migrate(keys);
  return async () => {
    const left = (await call(source, "CLUSTER", "GETKEYSINSLOT", slot, "100")) as string[];
    if (left.length > 0) await migrate(left);
    for (const node of [target, source])
      await call(node, "CLUSTER", "SETSLOT", slot, "NODE", ids[target] ?? "");
  };
}

const stores: [string, (timeout: number) => TokenStore][] = [
  ["ioredis", (timeout) => ioredisStore(ioredis, { timeout })],
  ["node-redis", (timeout) => nodeRedisStore(nodeRedis, { timeout })],
];
/** The keys of a session that have already moved. */
const PARTS = ["session", "person", "index"] as const;

describe.each(stores)("a slot half moved: %s", (_, open) => {
  const serviceOver = (timeout: number, verifyExtendsToken = false) =>
    createRwt({ store: open(timeout), secret, verifyExtendsToken }).with(sessions());
  const rwt = serviceOver(5000);
  const sliding = serviceOver(5000, true);
  const impatient = serviceOver(1000);

  async function halfMoved(part: (typeof PARTS)[number]) {
    const subject = freshSubject();
    const [token, other] = [await rwt.sign("Ada", { subject }), await rwt.sign("Ada", { subject })];
    const keys = await personKeysOf(token);
    return { subject, token, other, finish: await movePart([keys[part]]) };
  }

  test.each(PARTS)("checks and destroyAll work after the %s has already moved", async (part) => {
    const { subject, token, other, finish } = await halfMoved(part);
    for (const service of [impatient, rwt, sliding])
      for (const each of [token, other]) expect((await service.verify(each))?.data).toBe("Ada");
    expect(await impatient.updateAll(subject, "all")).toBe(true);
    for (const each of [token, other]) expect((await impatient.verify(each))?.data).toBe("all");
    expect(await impatient.destroyAll(subject)).toBe(true);
    for (const service of [impatient, sliding])
      for (const each of [token, other]) expect(await service.verify(each)).toBeNull();
    await finish();
    for (const each of [token, other]) expect(await rwt.verify(each)).toBeNull();
  });

  type Given = Awaited<ReturnType<typeof halfMoved>>;
  /** Each with the session's data afterwards. `undefined` if it has ended. */
  const operations: [string, (given: Given) => Promise<unknown>, string | undefined][] = [
    ["sign", async ({ subject }) => (await rwt.verify(await rwt.sign(1, { subject }))) !== null, "Ada"],
    ["extend", ({ token }) => rwt.extend(token), "Ada"],
    ["update", ({ token }) => rwt.update(token, "new"), "new"],
    ["rotate", async ({ token }) => (await rwt.rotate(token)) !== null, "Ada"],
    ["list", async ({ subject }) => (await rwt.list(subject)).sessions.length === 2, "Ada"],
    ["destroyAll but one", ({ subject, token }) => rwt.destroyAll(subject, { except: token }), "Ada"],
    ["destroy", ({ token }) => rwt.destroy(token), undefined],
    [
      "destroyById",
      async ({ subject, token }) => rwt.destroyById(subject, (await rwt.idOf(token)) ?? ""),
      undefined,
    ],
  ];

  test.each(operations.flatMap(([name, run, data]) => PARTS.map((part) => [name, part, run, data] as const)))(
    "%s waits until the move is done if the %s has already moved",
    async (_, part, run, data) => {
      const given = await halfMoved(part);
      const [done] = await Promise.all([run(given), sleep(200).then(given.finish)]);
      expect([done, (await rwt.verify(given.token))?.data]).toEqual([true, data]);
    },
  );

  test("a move that doesn't end is an outage after the timeout, and changes nothing", async () => {
    const { subject, token, finish } = await halfMoved("session");
    const began = performance.now();
    for (const call of [
      () => impatient.update(token, "new"),
      () => impatient.rotate(token),
      () => impatient.extend(token),
    ])
      await expect(call()).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    expect(performance.now() - began).toBeLessThan(6000);
    await finish();
    expect((await rwt.verify(token))?.data).toBe("Ada");
    expect((await rwt.list(subject)).sessions).toHaveLength(2);
  });
});
