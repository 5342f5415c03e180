import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import {
  type OptionalRwtVariables,
  type RwtAuthOptions,
  type RwtCarrierOptions,
  reauthenticate,
  rotateSession,
  rwtAuth,
  rwtCarrier,
  signOut,
} from "../../src/hono/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { bearer, challengeOf } from "./fixture.ts";

let time = 1_800_000_000;
const now = () => time;
const secret = "a secret of the tests, 32 bytes or more";
const store = memoryStore({ now });
const rwt = createRwt<string>({ store, secret, now }).with(sessions());
const CARRIERS = { rwt, from: ["bearer", "cookie"] } as const;
const RECENT = { maxAge: 300 };

function appWith(options: Partial<RwtAuthOptions<string>> = {}) {
  const app = new Hono<{ Variables: OptionalRwtVariables<string> }>();
  app.use(rwtAuth<string>({ ...CARRIERS, ...options }));
  app.get("/me", (c) => c.text(`${c.var.session?.data}`));
  app.post("/confirm", async (c) => c.json([await reauthenticate(c, { amr: ["pwd"] }), c.var.session?.auth]));
  app.post("/delete", rwtAuth<string>({ ...CARRIERS, require: RECENT }), (c) => c.text("deleted"));
  return app;
}
const post = (app: Pick<Hono, "request">, path: string, headers: Record<string, string>) =>
  app.request(path, { method: "POST", headers });
const cookie = (token: string) => ({ Cookie: `__Host-rwt=${token}` });

describe("rwtAuth with require", () => {
  test("asks who signed in too long ago to step up, and lets them in afterwards", async () => {
    const app = appWith();
    const token = await rwt.sign("Ada", { subject: "1", auth: {} });
    expect(await (await post(app, "/delete", cookie(token))).text()).toBe("deleted");
    time += 301;
    const refused = await post(app, "/delete", cookie(token));
    expect(refused.status).toBe(401);
    expect(challengeOf(refused)).toBe(
      'Bearer realm="api", error="insufficient_user_authentication", error_description="Authenticate again", max_age="300"',
    );
    expect([refused.headers.get("Set-Cookie"), refused.headers.get("Cache-Control")]).toEqual([
      null,
      "no-store",
    ]);
    expect((await app.request("/me", { headers: cookie(token) })).status).toBe(200);

    const confirmed = await post(app, "/confirm", cookie(token));
    const [fresh, auth] = (await confirmed.json()) as [string, unknown];
    expect(auth).toEqual({ at: time, amr: ["pwd"] });
    expect(confirmed.headers.get("Set-Cookie")).toContain(`__Host-rwt=${fresh};`);
    expect(await (await post(app, "/delete", cookie(fresh))).text()).toBe("deleted");
    expect((await app.request("/me", { headers: cookie(token) })).status).toBe(401);
  });

  test("verifies once per request, though two middlewares ask", async () => {
    let checks = 0;
    const counted = createRwt<string>({
      store: {
        ...store,
        check(...args) {
          checks++;
          return store.check(...args);
        },
      },
      secret,
      now,
    }).with(sessions());
    const app = new Hono();
    app.use(rwtAuth({ rwt: counted }), rwtAuth({ rwt: counted, require: RECENT }));
    app.get("/", (c) => c.text("in"));
    const token = await rwt.sign("Ada");
    expect([(await app.request("/", { headers: bearer(token) })).status, checks]).toEqual([401, 1]);
  });

  test("signOut in onFailure neither ends the session nor drops its cookie", async () => {
    const failures: unknown[] = [];
    const app = appWith({
      require: RECENT,
      async onFailure(c, { status, error }) {
        failures.push([status, error, await signOut(c)]);
        return c.redirect("/confirm");
      },
    });
    const token = await rwt.sign("Ada");
    const response = await app.request("/me", { headers: cookie(token) });
    expect([response.status, response.headers.get("Set-Cookie")]).toEqual([302, null]);
    expect(failures).toEqual([[401, "insufficient_user_authentication", false]]);
    expect((await rwt.verify(token))?.data).toBe("Ada");
  });

  test("a step-up counts for a middleware behind it in the same request", async () => {
    const app = new Hono<{ Variables: OptionalRwtVariables<string> }>();
    app.use(rwtAuth<string>(CARRIERS), async (c, next) => {
      await reauthenticate(c, {});
      await next();
    });
    app.get("/", rwtAuth<string>({ ...CARRIERS, require: RECENT }), async (c) =>
      c.text(`${await rotateSession(c)}`),
    );
    const token = await rwt.sign("Ada");
    const response = await app.request("/", { headers: bearer(token) });
    expect(response.status).toBe(200);
    expect((await rwt.verify(await response.text()))?.auth).toEqual({ at: time });
  });

  test("works behind rwtCarrier, and without a session it is null and sets no cookie", async () => {
    const app = new Hono();
    app.post("/confirm", rwtCarrier(CARRIERS), async (c) => c.json(await reauthenticate(c, {})));
    const response = await post(app, "/confirm", cookie(await rwt.sign("Ada")));
    expect(await rwt.verify((await response.json()) as string)).not.toBeNull();
    const none = await post(app, "/confirm", cookie("x"));
    expect([await none.json(), none.headers.get("Set-Cookie")]).toEqual([null, null]);
  });

  test("wrong options are refused at once", () => {
    const wrong = (options: object) => () => rwtAuth({ rwt, ...options } as RwtAuthOptions<string>);
    expect(wrong({ require: {} })).toThrowError(expect.objectContaining({ option: "require" }));
    expect(wrong({ require: { maxAge: -1 } })).toThrowError(
      expect.objectContaining({ option: "require.maxAge" }),
    );
    expect(wrong({ require: RECENT, optional: true })).toThrowError(
      expect.objectContaining({ option: "optional", code: "ERR_RWT_OPTION_RANGE" }),
    );
    expect(() => rwtCarrier({ rwt, require: RECENT } as RwtCarrierOptions<string>)).toThrowError(
      expect.objectContaining({ option: "require", code: "ERR_RWT_OPTION_UNKNOWN" }),
    );
  });

  test("while the store doesn't answer, it is 503, and never a challenge", async () => {
    const out = { ...store, check: () => Promise.reject(new StoreUnavailableError("network", "out")) };
    const app = new Hono();
    app.use(rwtAuth({ rwt: createRwt<string>({ store: out, secret, now }), require: RECENT }));
    const response = await app.request("/", { headers: bearer(await rwt.sign("Ada")) });
    expect([response.status, challengeOf(response)]).toEqual([503, null]);
  });
});
