/** How reads of an Upstash store wait for writes: its own, and those of another store's mark. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { startLaggingReplicas } from "../doubles/lagging-replicas.ts";
import { startRestServer } from "../doubles/rest-server/server.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";

const redis = await startLaggingReplicas([300]);
const [replica] = redis.replicas;
const rest = await startRestServer({
  redisUrl: redis.primary.url,
  replicaUrls: redis.replicas.map(({ url }) => url),
});
const primary = new Redis(redis.primary.url);
const behind = new Redis(replica?.url ?? "");
atEnd(async () => {
  primary.disconnect();
  behind.disconnect();
  await rest.close();
  await redis.stop();
});
const secret = "a secret of the tests, 32 bytes or more";
const numbers = Array.from({ length: 20 }, (_, i) => i);

/** The sync tokens of the requests that read, in their order. A proxy in front of the REST server notes them. */
const noted: string[] = [];
const bodyOf = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};
const proxy = createServer(async (request, response) => {
  const body = await bodyOf(request);
  const sync = String(request.headers["upstash-sync-token"] ?? "");
  if (/^\["M?GET"/.test(body)) noted.push(sync);
  const headers = { authorization: `Bearer ${rest.token}`, "upstash-sync-token": sync };
  const answer = await fetch(`${rest.url}${request.url}`, { method: "POST", headers, body });
  response.setHeader("upstash-sync-token", answer.headers.get("upstash-sync-token") ?? "");
  response.writeHead(answer.status).end(await answer.text());
});
await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
atEnd(() => proxy.close());
const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

/** A service in an isolate of its own. */
const service = (options = {}) =>
  createRwt<number>({ store: upstashStore({ url, token: rest.token }), secret, ...options }).with(sessions());

/** Whether the primary was asked by the script `fresh`. */
async function asksPrimary(work: () => Promise<unknown>): Promise<boolean> {
  const { evalsha = 0, eval: evaluated = 0 } = await commandsOf(primary, work);
  return evalsha + evaluated > 0;
}

describe("a store sees at once what it has written", () => {
  test("one after another: sign, extend, destroy", async () => {
    const rwt = service();
    for (const subject of [undefined, "Ada"]) {
      const token = await rwt.sign(1, { subject, expire: 60 });
      expect((await rwt.verify(token))?.data).toBe(1);
      expect(await rwt.extend(token)).toBe(true);
      expect((await rwt.verify(token))?.data).toBe(1);
      expect(await rwt.destroy(token)).toBe(true);
      expect(await rwt.verify(token)).toBeNull();
    }
  });

  test("at the same time, when nobody knows which sync token is the latest", async () => {
    const rwt = service();
    for (let i = 0; i < 5; i++) {
      const tokens = await Promise.all(numbers.map((n) => rwt.sign(n, { subject: `${i}` })));
      expect(await Promise.all(tokens.map(async (token) => (await rwt.verify(token))?.data))).toEqual(
        numbers,
      );
      await Promise.all(tokens.map((token) => rwt.destroy(token)));
      expect(await Promise.all(tokens.map((token) => rwt.verify(token)))).toEqual(numbers.map(() => null));
    }
  });

  test("each of many flows for itself, whatever the others are doing", async () => {
    const [rwt, sliding] = [false, true].map((verifyExtendsToken) => service({ verifyExtendsToken }));
    await Promise.all(
      numbers.map(async (n) => {
        const mine = n % 2 ? rwt : sliding;
        const token = (await mine?.sign(n)) ?? "";
        expect((await mine?.verify(token))?.data).toBe(n);
        await mine?.destroy(token);
        expect(await mine?.verify(token)).toBeNull();
      }),
    );
  });

  test("in a list too", async () => {
    const rwt = service();
    await Promise.all(numbers.map((n) => rwt.sign(n, { subject: "listed" })));
    expect((await rwt.list("listed")).sessions).toHaveLength(numbers.length);
  });

  test("and doesn't wait for it with the sessions of others", async () => {
    const [rwt, other] = [service(), service()];
    const theirs = await other.sign(1);
    await expect.poll(async () => (await service().verify(theirs))?.data).toBe(1);
    noted.length = 0;
    await rwt.sign(2);
    await rwt.verify(theirs);
    expect(noted).toEqual([""]);
  });
});

describe("after a mark", () => {
  test("a replica waits until it has what the mark names, and the primary isn't asked", async () => {
    for (const subject of [undefined, "Ada"]) {
      const [here, there] = [service(), service()];
      const token = await here.sign(1, { subject });
      const mark = await here.mark();
      expect(mark).toMatch(/^[\w-]+\.[\w-]{22}$/);
      expect(await there.verify(token)).toBeNull();
      expect(
        await asksPrimary(async () => expect((await there.verify(token, { after: mark }))?.data).toBe(1)),
      ).toBe(false);
      await here.destroy(token);
      const later = await here.mark();
      expect((await there.verify(token))?.data).toBe(1);
      expect(await there.verify(token, { after: later })).toBeNull();
      // The same mark twice is one mark.
      expect(await asksPrimary(() => there.verify(token, { after: [later, later] }))).toBe(false);
    }
  });

  test("calls with different marks, and without one, don't mix them up", async () => {
    const there = service();
    const signed: { readonly n: number; readonly token: string; readonly mark: string }[] = [];
    for (const n of numbers) {
      const here = service();
      signed.push({ n, token: await here.sign(n), mark: await here.mark() });
    }
    noted.length = 0;
    const answers = signed.flatMap(({ token, mark }) => [
      there.verify(token, { after: mark }),
      there.verify(token),
    ]);
    const found = await Promise.all(answers);
    for (const { n } of signed) expect(found[2 * n]?.data).toBe(n);
    // Each of the marks once; the plain calls of one tick share a request.
    const marks = noted.filter((sync) => sync !== "");
    expect([marks.length, new Set(marks).size, noted.length]).toEqual([20, 20, 21]);
  });

  test("an older mark doesn't hide what the store itself has written", async () => {
    const [here, there] = [service(), service()];
    const token = await here.sign(1);
    const mark = await here.mark();
    await there.destroy(token);
    expect(await there.verify(token, { after: mark })).toBeNull();
    expect(await there.verify(token)).toBeNull();
  });

  test("the primary is asked for what can't be waited for, never a replica that knows less", async () => {
    const [here, there] = [service(), service()];
    const token = await here.sign(1);
    const mark = await here.mark();
    const other = service();
    await other.sign(2);
    const [text = "", seal = ""] = mark.split(".");
    const elsewhere = createRwt({ store: upstashStore({ url: rest.url, token: rest.token }), secret });
    await elsewhere.sign(3);
    const foreign = createRwt({ store: upstashStore({ url, token: rest.token }), secret: "x".repeat(32) });
    await foreign.sign(4);
    const marks = {
      several: [mark, await other.mark()],
      "of a store that has written nothing": await service().mark(),
      "of another database": await elsewhere.mark(),
      "of another secret": await foreign.mark(),
      forged: `${Buffer.from("x:zzzz").toString("base64url")}.${seal}`,
      altered: `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}.${seal}`,
      cut: text,
      empty: "",
      "no mark": "\r\nx: y",
      long: `${"A".repeat(100_000)}.${seal}`,
    };
    for (const [name, after] of Object.entries(marks)) {
      const asks = await asksPrimary(async () =>
        expect((await there.verify(token, { after }))?.data, name).toBe(1),
      );
      expect([name, asks]).toEqual([name, true]);
    }
    expect(
      await asksPrimary(() => service({ verifyExtendsToken: true }).verify(token, { after: mark })),
    ).toBe(true);
  });

  test("no mark is no wish", async () => {
    const token = await service().sign(1);
    for (const after of [undefined, []]) {
      expect(await asksPrimary(() => service().verify(token, { after }))).toBe(false);
    }
  });

  test("secrets in rotation: a mark of any of them will do", async () => {
    const [old, young] = [secret, "y".repeat(32)];
    const here = service({ secret: old });
    const token = await here.sign(1);
    const there = service({ secret: [young, old] });
    const verify = async () =>
      expect((await there.verify(token, { after: await here.mark() }))?.data).toBe(1);
    expect(await asksPrimary(verify)).toBe(false);
  });

  test("a mark that overlapping writes leave open names the primary", async () => {
    const here = service();
    await Promise.all(numbers.map((n) => here.sign(n)));
    expect(await here.mark()).toBe("primary");
    await here.sign(1);
    expect(await here.mark()).not.toBe("primary");
  });
});

test("the caller's own client keeps its sync token, and the primary is asked", async () => {
  const client = new UpstashRedis({ url, token: rest.token, retry: { retries: 0 } });
  const own = createRwt({ store: upstashStore(client), secret });
  const here = service();
  const token = await here.sign(1);
  client.readYourWritesSyncToken = "";
  const verify = async () => expect((await own.verify(token, { after: await here.mark() }))?.data).toBe(1);
  expect(await asksPrimary(verify)).toBe(true);
  await own.sign(2);
  expect(await own.mark()).toBe("primary");
});

test("a server without sync tokens is asked as ever", async () => {
  const bare = createServer(async (request, response) => {
    const headers = { authorization: `Bearer ${rest.token}` };
    const answer = await fetch(`${rest.url}${request.url}`, {
      method: "POST",
      headers,
      body: await bodyOf(request),
    });
    response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((listening) => bare.listen(0, "127.0.0.1", listening));
  atEnd(() => bare.close());
  const store = upstashStore({
    url: `http://127.0.0.1:${(bare.address() as AddressInfo).port}`,
    token: rest.token,
  });
  const rwt = createRwt({ store, secret });
  const tokens = await Promise.all(numbers.map((n) => rwt.sign(n)));
  expect(await rwt.mark()).toBe("primary");
  expect(await asksPrimary(() => rwt.verify(tokens[0]))).toBe(false);
  expect((await rwt.verify(tokens[0], { after: await rwt.mark() }))?.data).toBe(0);
});
