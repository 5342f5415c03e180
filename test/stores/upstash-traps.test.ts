import { once as event } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis } from "@upstash/redis";
import { Redis as TcpRedis } from "ioredis";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createRwt, type Rwt, StoreUnavailableError } from "../../src/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { once } from "../doubles/rest-server/faults.ts";
import { ALONE, newSession, OWNED } from "../redis/stub-connection.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { plant } from "../token/stored.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new TcpRedis(redis.url);
afterAll(() => admin.quit());
afterEach(() => rest.faults.reset());

const { url, token: restToken } = rest;
const credentials = { url, token: restToken };
const secret = "a secret of the tests, 32 bytes or more";
const serviceOver = (...args: Parameters<typeof upstashStore>) =>
  createRwt({ store: upstashStore(...args), secret });

describe("an abort that looks like success", () => {
  test("never reads as an answer: a slow verify is an outage, not a logout", async () => {
    const [rwt, patient] = [serviceOver(credentials, { timeout: 150 }), serviceOver(credentials)];
    const token = await patient.sign(1);
    rest.faults.hang = once(true);
    await expect(rwt.verify(token)).rejects.toMatchObject({
      name: "StoreUnavailableError",
      reason: "timeout",
    });
    rest.faults.hang = once(true);
    await expect(rwt.destroy(token)).rejects.toMatchObject({ reason: "timeout" });
    expect((await patient.verify(token))?.data).toBe(1);
  });

  test("holds for a caller's client too, whose own signal is a function", async () => {
    const client = new Redis({ ...credentials, signal: () => AbortSignal.timeout(150) });
    const token = await serviceOver(credentials).sign(1);
    rest.faults.hang = once(true);
    await expect(serviceOver(client).verify(token)).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  test("a client with a static signal is refused, with or without auto-pipelining", () => {
    for (const enableAutoPipelining of [true, false]) {
      const client = new Redis({
        ...credentials,
        signal: new AbortController().signal,
        enableAutoPipelining,
      });
      expect(() => upstashStore(client)).toThrow(
        expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "signal" }),
      );
    }
  });

  test("the trap is still there, or the refusal can go", async () => {
    const controller = new AbortController();
    const client = new Redis({ ...credentials, signal: controller.signal, enableAutoPipelining: false });
    rest.faults.hang = once(true);
    const reply = client.del("some-key");
    setTimeout(() => controller.abort(), 50);
    expect(await reply).toBeNull();
  });

  test.each([0, 1, 2])(
    "one caller's abort ends that call alone, among calls of the same moment: %i",
    async (which) => {
      const store = upstashStore(credentials);
      const keys = [0, 1, 2].map((i) => `${which}:${i}`);
      await Promise.all(keys.map((key) => plant(store, key, key)));
      rest.faults.latencyMs = 100;
      const controller = new AbortController();
      // Not by verify, whose HMACs would take the calls apart.
      const calls = keys.map((session, i) =>
        store.read({ session }, i === which ? { signal: controller.signal } : {}),
      );
      setTimeout(() => controller.abort(new Error("gave up")), 30);
      (await Promise.allSettled(calls)).forEach((outcome, i) => {
        if (i === which) expect(outcome).toMatchObject({ status: "rejected", reason: new Error("gave up") });
        else expect(outcome).toEqual({ status: "fulfilled", value: { session: keys[i] } });
      });
    },
  );

  test("the request itself is cancelled when time is up, and when the caller gives up", async () => {
    const cancelled: Promise<unknown>[] = [];
    let isSilent = false;
    const server = createServer((_, response) => {
      if (isSilent) cancelled.push(event(response, "close"));
      else response.end('{"result":null}');
    }).listen(0, "127.0.0.1");
    await event(server, "listening");
    const { port } = server.address() as AddressInfo;
    const store = upstashStore({ url: `http://127.0.0.1:${port}`, token: restToken }, { timeout: 1000 });
    expect(await store.read({ session: "key" })).toEqual({ session: null });
    isSilent = true;
    await expect(store.read({ session: "key" })).rejects.toMatchObject({ reason: "timeout" });
    const controller = new AbortController();
    const given = store.read({ session: "key" }, { signal: controller.signal });
    await event(server, "request");
    controller.abort(new Error("gave up"));
    await expect(given).rejects.toThrow("gave up");
    expect(cancelled).toHaveLength(2);
    await Promise.all(cancelled);
    server.close();
  });
});

describe("an expiry that is dropped without a word", () => {
  test("can't happen: what isn't a whole number of seconds never leaves", async () => {
    const store = upstashStore(credentials);
    const now = 1_795_000_000;
    rest.requests.reset();
    for (const ttl of ["60", Number.NaN, null, undefined, 0, 1.5] as never[]) {
      const trapped = { option: "ttl" };
      for (const redis of [ALONE, OWNED]) {
        await expect(store.create(newSession(redis, { ttl }), { now })).rejects.toMatchObject(trapped);
        await expect(store.extend({ redis, generation: 0 }, ttl, { now })).rejects.toMatchObject(trapped);
      }
    }
    expect(rest.requests.total.requests).toBe(0);
  });

  test("the trap is still there", async () => {
    await new Redis(credentials).set("immortal", "v", { ex: "60" as never });
    expect(await admin.ttl("immortal")).toBe(-1);
  });
});

describe("retries that double a write", () => {
  test("a caller's client that retries sign after a lost reply gets one session and its token", async () => {
    await admin.flushall();
    const client = new Redis({ ...credentials, retry: { retries: 3, backoff: () => 10 } });
    const rwt = serviceOver(client);
    rest.requests.reset();
    rest.faults.dropAfter = once(true);
    const token = await rwt.sign({ id: 1 });
    // SET, SET again, and the GET that tells our own first write from another's.
    expect(rest.requests.total.commands).toBe(3);
    expect(await admin.dbsize()).toBe(1);
    expect((await rwt.verify(token))?.data).toEqual({ id: 1 });
  });

  test("the library's own client sends each operation once", async () => {
    const token = await serviceOver(credentials).sign(1);
    for (const call of [
      (rwt: Rwt) => rwt.sign(1),
      (rwt: Rwt) => rwt.verify(token),
      (rwt: Rwt) => rwt.extend(token),
      (rwt: Rwt) => rwt.destroy(token),
    ]) {
      // Disconnected each time, for a sign that failed is taken back in the background.
      await using rwt = serviceOver(credentials);
      rest.requests.reset();
      rest.faults.dropBefore = true;
      await expect(call(rwt)).rejects.toMatchObject({ reason: "network" });
      expect(rest.requests.total.requests).toBe(1);
      rest.faults.reset();
    }
  });

  test("after a destroy whose reply was lost the session is dead, whatever the second call answers", async () => {
    const rwt = serviceOver(credentials);
    const token = await rwt.sign(1);
    // The script's text is sent where Redis doesn't know it yet.
    await rwt.destroy(await rwt.sign(2));
    rest.faults.dropAfter = once(true);
    await expect(rwt.destroy(token)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await rwt.destroy(token)).toBe(false);
    expect(await rwt.verify(token)).toBeNull();
  });
});

describe("values that the client would change", () => {
  // A value as another implementation writes it: spaces, escapes, and texts that look like something else.
  const data = ["42", "null", "OK", "aGVsbG8=", { "\ud800": "é 🎟" }, 1e21, 0];

  test.each([
    ["as it comes", {}],
    ["without deserialization", { automaticDeserialization: false }],
    ["without base64", { responseEncoding: false as const }],
    ["without read-your-writes", { readYourWrites: false }],
  ])("come through a client %s", async (_, settings) => {
    const rwt = serviceOver(new Redis({ ...credentials, ...settings }));
    for (const value of [...data, data]) {
      expect((await rwt.verify(await rwt.sign(value)))?.data).toEqual(value);
    }
  });

  test("come through from a server that ignores the client's wish for base64", async () => {
    const deaf = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", async () => {
        const headers = { authorization: `Bearer ${restToken}` };
        const answer = await fetch(url, { method: "POST", headers, body: Buffer.concat(chunks) });
        response.writeHead(answer.status).end(await answer.text());
      });
    });
    deaf.listen(0, "127.0.0.1");
    await event(deaf, "listening");
    const { port } = deaf.address() as AddressInfo;
    const there = { url: `http://127.0.0.1:${port}`, token: restToken };
    for (const target of [there, new Redis(there)]) {
      const rwt = serviceOver(target);
      for (const value of [...data, data]) {
        expect((await rwt.verify(await rwt.sign(value)))?.data).toEqual(value);
      }
      expect(await rwt.destroy(await rwt.sign(1))).toBe(true);
    }
    await serviceOver(there).connect();
    deaf.closeAllConnections();
    deaf.close();
  });
});
