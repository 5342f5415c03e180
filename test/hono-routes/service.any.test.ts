import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import { type RouteFailure, rwtRoutes } from "../../src/hono-routes/index.ts";
import { createRwt, type Rwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { untouchedStore } from "../support/untouched-store.ts";
import { ada, appWith, basic, billing, mail, post, rwt, secret, store, time, type User } from "./fixture.ts";

const json = async (response: Response | Promise<Response>): Promise<unknown> => (await response).json();

describe("the store", () => {
  const paths = ["/introspect", "/revoke", "/token/extend"];

  test("is not asked about what isn't a token", async () => {
    const untouched = untouchedStore();
    const own = appWith({ rwt: createRwt<User>({ store: untouched, secret }) });
    for (const path of paths) expect((await post(own, path, { token: "junk" })).status).toBe(200);
    expect(untouched.calls).toEqual([]);
  });

  const down = () => Promise.reject(new StoreUnavailableError("network", "gone"));
  const broken: TokenStore = { ...store, check: down, extend: down, destroy: down };

  test("is unavailable: 503 with Retry-After, never an inactive token", async () => {
    const token = await rwt.sign(ada);
    const own = appWith({ rwt: createRwt<User>({ store: broken, secret, now: time.now }), retryAfter: 7 });
    for (const path of paths) {
      const response = await post(own, path, { token });
      expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "7"]);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(await response.json()).toMatchObject({ error: "temporarily_unavailable" });
    }
  });

  test("is unavailable: app.onError and onFailure get the reason", async () => {
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

  test("any other error is passed to the app", async () => {
    const own = appWith({ rwt: { ...rwt, verify: () => Promise.reject(new Error("a bug")) } });
    own.onError((error, c) => c.text(error.message, 500));
    expect(await (await post(own, "/introspect", { token: "x" })).text()).toBe("a bug");
  });
});

describe("if bindings come with the request", () => {
  interface Env {
    Bindings: { SECRET: string; BILLING: string };
  }

  test("the service and the clients are created once for each env", async () => {
    const made: string[] = [];
    const app = new Hono<Env>();
    app.route(
      "/oauth",
      rwtRoutes({
        rwt: (c: Context<Env>): Rwt<User> => {
          made.push("service");
          return createRwt<User>({ store, secret: c.env.SECRET, now: time.now }).with(sessions());
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

  test("a promise for either is refused", async () => {
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

test("concurrent calls for many tokens and clients each get their own answer", async () => {
  const shared = createRwt<User>({ store: memoryStore(), secret }).with(sessions());
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
    expect(answer).toMatchObject(i % 3 === 0 ? { active: false } : live);
  });
});
