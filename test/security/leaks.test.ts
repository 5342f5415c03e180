import { inspect } from "node:util";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { events } from "../../src/events/index.ts";
import { rwtAuth } from "../../src/hono/index.ts";
import { createRwt, type Rwt } from "../../src/index.ts";
import { legacy } from "../../src/legacy/index.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import { openTelemetry } from "../../src/opentelemetry/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { createKeyRing } from "../../src/token/key-ring.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const secret = "the secret that nobody may see: Zm9vYmFyYmF6";
const password = "the-password-of-redis-that-nobody-may-see";
const user = { id: "42", note: "a note that nobody but its reader may see" };
const secrets = { secret, password, note: user.note };

const redis = await ownRedis();
const rest = await ownRest(redis);

/** A value as logs may show it, in all forms. */
const shown = (value: unknown): string =>
  [
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true, showProxy: true }),
    JSON.stringify(value),
    String(value),
    `${(value as object | null)?.constructor?.name}`,
  ].join("\n");

const features: readonly [string, (rwt: Rwt) => Rwt][] = [
  ["no feature", (rwt) => rwt],
  ["encryption", (rwt) => rwt.with(encryption())],
  ["sessions", (rwt) => rwt.with(sessions())],
  ["legacy", (rwt) => rwt.with(legacy({ prefix: "sess:", secret }))],
  ["events and openTelemetry", (rwt) => rwt.with(events({ onEvent: () => {} })).with(openTelemetry())],
  [
    "all",
    (rwt) =>
      rwt
        .with(legacy({ prefix: "sess:", secret }))
        .with(encryption())
        .with(sessions()),
  ],
];

describe("nothing secret shows", () => {
  test.each(features)("in a service with %s that has been used", async (_, add) => {
    for (const given of [secret, utf8(secret), [secret, `${secret} of old`]]) {
      const rwt = add(createRwt({ store: ioredisStore(redis.url), secret: given }));
      const token = await rwt.sign(user, { subject: user.id });
      await rwt.verify(token);
      await rwt.verify(`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`);
      expectNoLeak(rwt, { ...secrets, token });
      expect(shown(rwt)).not.toContain(secret);
      await rwt.disconnect();
    }
  });

  test("in a ring of secrets, its keys, and its MAC functions", async () => {
    const ring = createKeyRing([utf8(secret)]);
    const bytes = [...utf8(secret)].slice(0, 12);
    for (const value of [ring, await ring()]) {
      expectNoLeak(value, secrets);
      // Neither as text nor as the bytes of a Uint8Array.
      expect(shown(value)).not.toContain(bytes.join(", "));
      expect(shown(value)).not.toMatch(/Uint8Array|\[Buffer/);
    }
  });

  test.each(storeKinds(redis, rest))("in a store that has been used: $name", async ({ name, open }) => {
    for (const options of [{}, { cache: { ttl: 60 } }]) {
      const store = open(options);
      const rwt = createRwt({ store, secret });
      const token = await rwt.sign(user, { subject: user.id });
      await rwt.verify(token);
      // A client of the caller's is the caller's responsibility.
      if (!name.includes("caller")) expectNoLeak(store, { ...secrets, token, rest: rest.token });
      expectNoLeak(rwt, { ...secrets, token, rest: rest.token });
      await rwt.disconnect();
    }
  });

  test("in the credentials of a store, before and after it failed", async () => {
    const stores = [
      upstashStore({ url: "http://localhost:1", token: password }),
      ioredisStore(`redis://:${password}@localhost:1`, { timeout: 500 }),
      nodeRedisStore(`redis://:${password}@localhost:1`, { timeout: 500 }),
    ];
    for (const store of stores) {
      expectNoLeak(store, secrets);
      const error = await createRwt({ store, secret })
        .sign(user, { subject: "42" })
        .catch((e: unknown) => e);
      expect(error).toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
      expectNoLeak(error, secrets);
      expectNoLeak(store, secrets);
      await store.disconnect();
    }
  });

  test("in requestAuth and rwtAuth, and in their refusals", async () => {
    const rwt = createRwt({ store: memoryStore(), secret });
    const token = await rwt.sign(user);
    await rwt.destroy(token);
    const auth = requestAuth({ rwt, from: ["bearer", "cookie"] });
    const answer = await auth.authenticate(
      new Request("http://localhost/", { headers: { Authorization: `Bearer ${token}` } }),
    );
    for (const value of [auth, answer, rwtAuth({ rwt })]) expectNoLeak(value, { ...secrets, token });
  });

  test("in the exception and the context of a Hono app", async () => {
    const rwt = createRwt({ store: memoryStore(), secret });
    const token = await rwt.sign(user);
    const app = new Hono();
    const seen: unknown[] = [];
    app.use(rwtAuth({ rwt, from: ["bearer"] }));
    app.get("/", (c) => {
      seen.push(c.var);
      return c.text("in");
    });
    app.onError((error, c) => {
      seen.push(error);
      return c.text("out", 401);
    });
    const ask = (): Response | Promise<Response> =>
      app.request("/", { headers: { Authorization: `Bearer ${token}` } });
    expect(await (await ask()).text()).toBe("in");
    await rwt.destroy(token);
    expect(await (await ask()).text()).toBe("out");
    // The session contains the user's data, which the app may show. The token must be nowhere.
    for (const value of seen) expectNoLeak(value, { secret, token });
  });

  test("in a session: neither the token nor the secret", async () => {
    const rwt = createRwt({ store: memoryStore(), secret });
    const token = await rwt.sign(user, { subject: "42" });
    expectNoLeak(await rwt.verify(token), { secret, token });
  });
});
