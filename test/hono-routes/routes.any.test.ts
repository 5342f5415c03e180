import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import { type RouteFailure, rwtRoutes } from "../../src/hono-routes/index.ts";
import { createRwt, type Rwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { createRwtWithSessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { forged } from "../support/forged.ts";
import { untouchedStore } from "../support/untouched-store.ts";
import { ada, appWith, basic, billing, mail, post, rwt, secret, store, time, type User } from "./fixture.ts";

const app = appWith();
const INACTIVE = { active: false };

const json = async (response: Response | Promise<Response>): Promise<unknown> => (await response).json();
const introspect = (token: string, of: Pick<Hono, "request"> = app) =>
  json(post(of, "/introspect", { token }));

describe("/introspect", () => {
  test("says whose a live token is, since when, until when at most, and names its session as list does", async () => {
    const token = await rwt.sign(ada, { subject: "42", meta: { device: "iPad" } });
    const response = await post(app, "/introspect", { token });
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const session = await rwt.verify(token);
    const [listed] = (await rwt.list("42")).sessions;
    expect(await response.json()).toEqual({
      active: true,
      token_type: "Bearer",
      sub: "42",
      iat: session?.issuedAt,
      exp: session?.deadline,
      sid: listed?.id,
    });
  });

  test("has no sub without a subject, and no sid of a service that knows no sessions", async () => {
    const token = await rwt.sign(ada);
    const plain = appWith({ rwt: createRwt<User>({ store, secret, now: time.now }) });
    const answer = await introspect(token, plain);
    expect(Object.keys(answer as object).sort()).toEqual(["active", "exp", "iat", "token_type"]);
  });

  test.each([
    ["junk", async () => "junk"],
    ["a forged one", async () => forged(await rwt.sign(ada))],
    ["one of another format", async () => "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"],
    ["one that was signed with another secret", () => createRwt({ store, secret: "o".repeat(40) }).sign(1)],
    [
      "a destroyed one",
      async () => {
        const token = await rwt.sign(ada, { subject: "gone" });
        await rwt.destroy(token);
        return token;
      },
    ],
  ])("says of %s that it isn't active, and nothing more", async (_, make) => {
    const response = await post(app, "/introspect", { token: await make() });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(INACTIVE);
  });

  test("says so of one that has run out, by idleness and by its deadline", async () => {
    const short = createRwt<User>({ store, secret, now: time.now, maxLifetime: 500 });
    const [idle, dead] = [await rwt.sign(ada, { expire: 60 }), await short.sign(ada)];
    await time.advance(61);
    expect([await introspect(idle), await introspect(dead)]).toEqual([
      INACTIVE,
      expect.objectContaining({ active: true }),
    ]);
    await time.advance(500);
    expect(await introspect(dead)).toEqual(INACTIVE);
  });

  test("restarts the idle time where the service's verify does, and only there", async () => {
    const options = { store, secret, now: time.now, expire: 100 };
    for (const verifyExtendsToken of [true, false]) {
      const service = createRwt<User>({ ...options, verifyExtendsToken });
      const token = await service.sign(ada);
      const own = appWith({ rwt: service });
      await time.advance(60);
      expect(await introspect(token, own)).toMatchObject({ active: true });
      await time.advance(60);
      expect(await introspect(token, own)).toMatchObject({ active: verifyExtendsToken });
    }
  });

  test("gives nothing of the user, unless claims does, which hears who asks", async () => {
    const token = await rwt.sign(ada, { subject: "42", meta: { device: "iPad" } });
    expect(JSON.stringify(await introspect(token))).not.toMatch(/Ada|admin|iPad/);
    const own = appWith({ claims: async ({ data }, client) => ({ role: data.role, client }) });
    expect(await introspect(token, own)).toMatchObject({ active: true, role: "admin", client: "billing" });
    const asMail = post(own, "/introspect", { token }, basic(mail.id, mail.secret[0] ?? ""));
    expect(await json(asMail)).toMatchObject({ role: "admin", client: mail.id });
  });

  test("lets claims say what it doesn't know itself, and change nothing", async () => {
    const lie = { active: false, sub: "root", exp: 1, iat: 1, token_type: "mac", sid: "x" };
    const own = appWith({ claims: () => lie });
    const [named, nameless] = [await rwt.sign(ada, { subject: "42" }), await rwt.sign(ada)];
    const { iat, exp, sid, ...rest } = (await introspect(named, own)) as Record<string, unknown>;
    expect(rest).toEqual({ active: true, token_type: "Bearer", sub: "42" });
    expect([iat, exp, sid]).not.toEqual([lie.iat, lie.exp, lie.sid]);
    expect(await introspect(nameless, own)).toMatchObject({
      active: true,
      sub: "root",
      exp: expect.any(Number),
    });
  });

  test("fails where claims gives no object: that is the app's bug, and no answer", async () => {
    const own = appWith({ claims: () => "role=admin" as never });
    own.onError((error, c) => c.json({ message: error.message }, 500));
    expect(await introspect(await rwt.sign(ada), own)).toEqual({
      message: "claims must be a function giving an object, not string",
    });
  });
});

describe("/revoke", () => {
  test.each([
    ["", {}],
    [", with a hint", { token_type_hint: "access_token" }],
    [", with a hint at what there isn't", { token_type_hint: "refresh_token" }],
    [", with a hint that nobody knows", { token_type_hint: "urn:other" }],
  ])("ends the session for everyone%s, and answers 200 again afterwards", async (_, hint) => {
    const token = await rwt.sign(ada);
    for (let i = 0; i < 2; i++) {
      const response = await post(app, "/revoke", { token, ...hint });
      expect([response.status, await response.text()]).toEqual([200, ""]);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(await rwt.verify(token)).toBeNull();
    }
  });

  test("answers 200 for what never was a token", async () => {
    expect((await post(app, "/revoke", { token: "45ghiukldjahdnhzdauz" })).status).toBe(200);
  });
});

describe("/token/extend", () => {
  const extend = (token: string, expire?: string) =>
    json(post(app, "/token/extend", { token, ...(expire !== undefined && { expire }) }));

  test("restarts the idle time", async () => {
    const token = await rwt.sign(ada, { expire: 100 });
    await time.advance(60);
    expect(await extend(token)).toEqual({ active: true });
    await time.advance(60);
    expect(await introspect(token)).toMatchObject({ active: true });
    await time.advance(60);
    expect(await extend(token)).toEqual(INACTIVE);
  });

  test("for as many seconds as the client says, this once", async () => {
    const token = await rwt.sign(ada, { expire: 100 });
    expect(await extend(token, "200")).toEqual({ active: true });
    await time.advance(150);
    expect(await introspect(token)).toMatchObject({ active: true });
    expect(await extend(token, "")).toEqual({ active: true });
    await time.advance(101);
    expect(await extend(token, "200")).toEqual(INACTIVE);
  });

  test.each(["0", "-1", "1.5", "1e3", " 60", "0x10", "4294967296", "99999999999", "soon"])(
    "refuses %s seconds",
    async (expire) => {
      const token = await rwt.sign(ada);
      const response = await post(app, "/token/extend", { token, expire });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: "invalid_request" });
    },
  );

  test("says of a forged token that it isn't active", async () => {
    expect(await extend(forged(await rwt.sign(ada)))).toEqual(INACTIVE);
  });
});

describe("the store", () => {
  const paths = ["/introspect", "/revoke", "/token/extend"];

  test("is not asked about what isn't a token", async () => {
    const untouched = untouchedStore();
    const own = appWith({ rwt: createRwt<User>({ store: untouched, secret }) });
    for (const path of paths) expect((await post(own, path, { token: "junk" })).status).toBe(200);
    expect(untouched.calls).toEqual([]);
  });

  const down = () => Promise.reject(new StoreUnavailableError("network", "gone"));
  const broken: TokenStore = { ...store, read: down, extend: down, remove: down };

  test("is out: 503 with Retry-After, never an inactive token", async () => {
    const token = await rwt.sign(ada);
    const own = appWith({ rwt: createRwt<User>({ store: broken, secret, now: time.now }), retryAfter: 7 });
    for (const path of paths) {
      const response = await post(own, path, { token });
      expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "7"]);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(await response.json()).toMatchObject({ error: "temporarily_unavailable" });
    }
  });

  test("is out: app.onError and onFailure hear why", async () => {
    const token = await rwt.sign(ada);
    const service = createRwt<User>({ store: broken, secret, now: time.now });
    const own = appWith({ rwt: service });
    const seen: unknown[] = [];
    own.onError((error) => {
      seen.push(error.cause);
      return error instanceof HTTPException ? error.getResponse() : new Response(null, { status: 500 });
    });
    expect((await post(own, "/introspect", { token })).status).toBe(503);
    const failures: RouteFailure[] = [];
    const other = appWith({
      rwt: service,
      onFailure(_, failure) {
        failures.push(failure);
        seen.push(failure.cause);
        return failure.response;
      },
    });
    expect((await post(other, "/revoke", { token })).status).toBe(503);
    expect(failures).toMatchObject([{ status: 503, error: "temporarily_unavailable", client: "billing" }]);
    expect(seen).toEqual([expect.any(StoreUnavailableError), expect.any(StoreUnavailableError)]);
  });

  test("any other error is the app's own", async () => {
    const own = appWith({ rwt: { ...rwt, verify: () => Promise.reject(new Error("a bug")) } });
    own.onError((error, c) => c.text(error.message, 500));
    expect(await (await post(own, "/introspect", { token: "x" })).text()).toBe("a bug");
  });
});

describe("where bindings come with the request", () => {
  interface Env {
    Bindings: { SECRET: string; BILLING: string };
  }

  test("the service and the clients are made once for each env", async () => {
    const made: string[] = [];
    const app = new Hono<Env>();
    app.route(
      "/oauth",
      rwtRoutes({
        rwt: (c: Context<Env>): Rwt<User> => {
          made.push("service");
          return createRwtWithSessions<User>({ store, secret: c.env.SECRET, now: time.now });
        },
        clients: ({ env }: Context<Env>) => {
          made.push("clients");
          return [{ id: "billing", secret: env.BILLING }];
        },
      }),
    );
    const ask = async (env: Env["Bindings"], token: string, secret: string) => {
      const headers = { "Content-Type": "application/x-www-form-urlencoded", ...basic("billing", secret) };
      const body = new URLSearchParams({ token }).toString();
      return (await app.request("/oauth/introspect", { method: "POST", headers, body }, env)).status;
    };
    const token = await rwt.sign(ada);
    const first = { SECRET: secret, BILLING: billing.secret };
    const second = { SECRET: secret, BILLING: mail.secret[0] ?? "" };
    expect(await ask(first, token, first.BILLING)).toBe(200);
    expect(await ask(first, token, first.BILLING)).toBe(200);
    expect(await ask(second, token, first.BILLING)).toBe(401);
    expect(await ask(second, token, second.BILLING)).toBe(200);
    expect(made).toEqual(["clients", "service", "clients", "service"]);
  });

  test("a promise of either is refused", async () => {
    const messages: string[] = [];
    for (const options of [
      { rwt: async () => rwt, clients: [billing] },
      { rwt, clients: async () => [billing] },
    ]) {
      const own = appWith(options as never);
      own.onError((error, c) => {
        messages.push(error.message);
        return c.body(null, 500);
      });
      expect((await post(own, "/introspect", { token: await rwt.sign(ada) })).status).toBe(500);
    }
    expect(messages).toEqual([
      expect.stringMatching(/^rwt must be .* not a promise/),
      expect.stringMatching(/^clients must be .* not a promise/),
    ]);
  });
});

test("many calls at once, for many tokens and clients, each get their own answer", async () => {
  const shared = createRwtWithSessions<User>({ store: memoryStore(), secret });
  const own = appWith({ rwt: shared, claims: ({ data }, client) => ({ name: data.name, client }) });
  const names = Array.from({ length: 60 }, (_, i) => `user ${i}`);
  const tokens = await Promise.all(names.map((name) => shared.sign({ ...ada, name }, { subject: name })));
  const answers = await Promise.all(
    tokens.map(async (token, i) => {
      if (i % 3 === 0) await post(own, "/revoke", { token });
      const credentials = i % 2 ? basic(mail.id, mail.secret[1] ?? "") : basic(billing.id, billing.secret);
      return json(post(own, "/introspect", { token }, credentials));
    }),
  );
  answers.forEach((answer, i) => {
    const live = { active: true, sub: names[i], name: names[i], client: i % 2 ? mail.id : billing.id };
    expect(answer).toMatchObject(i % 3 === 0 ? INACTIVE : live);
  });
});
