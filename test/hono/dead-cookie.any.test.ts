import { type Context, Hono } from "hono";
import type { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import {
  type OptionalRwtVariables,
  type RwtAuthOptions,
  rwtAuth,
  rwtCarrier,
  signIn,
  signOut,
} from "../../src/hono/index.ts";
import { createRwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { type RequestFailure, requestAuth } from "../../src/request/index.ts";
import { bearer, live, rwt, secret, signed, store, type User } from "./fixture.ts";

const CLEARED = "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax";
const from = ["bearer", "cookie"] as const;
const cookie = (token: string) => ({ Cookie: `__Host-rwt=${token}` });
async function dead(): Promise<string> {
  const token = await signed("Gone");
  await rwt.destroy(token);
  return token;
}
const fail = () => Promise.reject(new StoreUnavailableError("network", "gone"));

/** An app whose refusals are its own. */
function appWith(onFailure: RwtAuthOptions<User>["onFailure"], options: Partial<RwtAuthOptions<User>> = {}) {
  const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
  app.use(rwtAuth<User>({ rwt, from, onFailure, ...options }));
  app.all("/", (c) => c.text(c.var.session?.data.name ?? "a stranger"));
  return app;
}

describe("a refusal leaves the cookie alone, so that a late one can't undo a sign-in", () => {
  test.each<[string, () => Promise<Record<string, string>>]>([
    ["a dead cookie", async () => cookie(await dead())],
    ["junk in the cookie", async () => cookie("junk")],
    ["a dead bearer token", async () => bearer(await dead())],
    ["no token", async () => ({})],
  ])("%s", async (_, headersOf) => {
    const headers = await headersOf();
    const answers = [
      await appWith(undefined).request("/", { headers }),
      await appWith((_, { response }) => response).request("/", { headers }),
      await appWith(undefined, { optional: true }).request("/", { headers }),
      await requestAuth({ rwt, from }).authenticate(new Request("http://localhost/", { headers })),
    ];
    for (const answer of answers) {
      expect((answer as Response).headers.get("Set-Cookie")).toBeNull();
    }
  });
});

/** Answers as apps make them. */
const answers: readonly [string, (c: Context, response: Response) => Response][] = [
  ["the one that it would be", (_, response) => response],
  ["a redirect of the context's", (c) => c.redirect("/login")],
  [
    "a redirect of the web's, whose headers can't be changed",
    () => Response.redirect("http://localhost/login", 303),
  ],
  ["a page", (c) => c.html("<h1>Please sign in</h1>", 401)],
  ["a bare answer", () => new Response("sorry", { status: 401 })],
];

describe("signOut in onFailure has the browser drop a dead cookie", () => {
  test.each(answers)("by %s", async (_, answer) => {
    const ended: boolean[] = [];
    const app = appWith(async (c, { response }) => {
      ended.push(await signOut(c));
      return answer(c, response);
    });
    for (const token of [await dead(), "junk"]) {
      const response = await app.request("/", { headers: cookie(token) });
      expect(response.headers.getSetCookie()).toEqual([CLEARED]);
    }
    expect(ended).toEqual([false, false]);
  });

  test("in the scope that it was set with", async () => {
    const app = appWith(
      async (c) => {
        await signOut(c);
        return c.redirect("/login");
      },
      { cookie: { name: "sid", domain: "example.org", path: "/app", partitioned: true } },
    );
    const response = await app.request("/", { headers: { Cookie: `sid=${await dead()}` } });
    expect(response.headers.get("Set-Cookie")).toBe(
      "sid=; Max-Age=0; Domain=example.org; Path=/app; HttpOnly; Secure; SameSite=None; Partitioned",
    );
  });

  test("beside the cookies of the app, at no further command", async () => {
    let ends = 0;
    const destroy: TokenStore["destroy"] = (...args) => {
      ends++;
      return store.destroy(...args);
    };
    const counting = createRwt<User>({ store: { ...store, destroy }, secret });
    const app = appWith(
      async (c) => {
        c.header("Set-Cookie", "back=/private", { append: true });
        await signOut(c);
        return c.redirect("/login");
      },
      { rwt: counting },
    );
    const response = await app.request("/", { headers: cookie(await dead()) });
    expect(response.headers.getSetCookie()).toEqual(["back=/private", CLEARED]);
    expect(ends).toBe(0);
  });

  const signingOut = (answered: unknown[], options: Partial<RwtAuthOptions<User>> = {}) =>
    appWith(async (c, { status }) => {
      answered.push([status, await signOut(c)]);
      return c.text("my own", status);
    }, options);

  test("but not after any other refusal, whose cookie may be alive", async () => {
    const answered: unknown[] = [];
    const evil = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    const token = await signed("Ada");
    const out = createRwt<User>({ store: { ...store, check: fail }, secret });
    for (const response of [
      await signingOut(answered).request("/", { method: "POST", headers: { ...evil, ...cookie(token) } }),
      await signingOut(answered).request("/", { headers: { Authorization: "Bearer", ...cookie(token) } }),
      await signingOut(answered, { rwt: out }).request("/", { headers: cookie(token) }),
      await signingOut(answered).request("/", { headers: { ...bearer("junk"), ...cookie(token) } }),
      // There is nothing to drop, and by now there may be: the cookie of a sign-in in another tab.
      await signingOut(answered).request("/"),
      await signingOut(answered).request("/", { headers: { Cookie: "theme=dark; __Host-rwt=" } }),
    ]) {
      expect(await response.text()).toBe("my own");
      expect(response.headers.get("Set-Cookie")).toBeNull();
    }
    expect(answered).toEqual([
      [403, false],
      [400, false],
      [503, false],
      [401, false],
      [401, false],
      [401, false],
    ]);
    expect(await rwt.verify(token)).not.toBeNull();
  });

  test("where the outage shows at a sign-out of the user's own, that one clears it, once", async () => {
    const answered: unknown[] = [];
    const out = createRwt<User>({ store: { ...store, destroy: fail }, secret });
    const app = new Hono();
    const onFailure: RwtAuthOptions["onFailure"] = async (c, { status, response }) => {
      answered.push([status, await signOut(c)]);
      return response;
    };
    app.post("/logout", rwtCarrier({ rwt: out, from, onFailure }), async (c) => {
      await signOut(c).catch((error: HTTPException) => answered.push(error.status));
      // It isn't done, and says so again.
      await signOut(c);
      return c.text("done");
    });
    const response = await app.request("/logout", { method: "POST", headers: cookie(live) });
    expect(answered).toEqual([[503, false], 503, [503, false]]);
    expect([response.status, new Set(response.headers.getSetCookie())]).toEqual([503, new Set([CLEARED])]);
  });
});

test("what an onFailure does while the store is out doesn't call it once more", async () => {
  const out = createRwt<User>({ store: { ...store, check: fail, create: fail, destroy: fail }, secret });
  let calls = 0;
  const onFailure: RwtAuthOptions<User>["onFailure"] = async (c, { response }) => {
    calls++;
    await signIn(c, { name: "a guest" });
    return response;
  };
  const app = new Hono();
  app.get("/", rwtAuth<User>({ rwt: out, from, onFailure }), (c) => c.text("let in"));
  app.post("/login", rwtCarrier<User>({ rwt: out, from, onFailure }), async (c) =>
    c.text(await signIn(c, { name: "Ada" })),
  );
  for (const [path, method] of [
    ["/", "GET"],
    ["/login", "POST"],
  ] as const) {
    calls = 0;
    const answer = await app.request(path, { method, headers: cookie(live) });
    expect([answer.status, answer.headers.get("Set-Cookie"), calls]).toEqual([503, null, 1]);
    expect(answer.headers.has("Retry-After")).toBe(true);
  }
});

test("a sign-out that failed after a sign-in in the same request can be tried again", async () => {
  let failures = 1;
  const destroy: TokenStore["destroy"] = (...args) => (failures-- > 0 ? fail() : store.destroy(...args));
  const shaky = createRwt<User>({ store: { ...store, destroy }, secret });
  const app = new Hono();
  app.post("/", rwtCarrier({ rwt: shaky, from }), async (c) => {
    const token = await signIn(c, { name: "Brief" });
    await signOut(c).catch(() => {});
    return c.json([await signOut(c), await rwt.verify(token)]);
  });
  expect(await (await app.request("/", { method: "POST" })).json()).toEqual([true, null]);
});

test("signOut in a handler drops the dead cookie of a stranger, at no command", async () => {
  const destroy: TokenStore["destroy"] = () => expect.fail("the store was asked");
  const counting = createRwt<User>({ store: { ...store, destroy }, secret });
  const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
  app.get("/", rwtAuth({ rwt: counting, from, optional: true }), async (c) => {
    if (c.var.session === undefined) await signOut(c);
    return c.text("hello");
  });
  const answer = await app.request("/", { headers: cookie(await dead()) });
  expect([answer.status, answer.headers.get("Set-Cookie")]).toEqual([200, CLEARED]);
  expect((await app.request("/", { headers: cookie(live) })).headers.get("Set-Cookie")).toBeNull();
});

describe("dropCookie of requestAuth's onFailure", () => {
  const ask = async (
    headers: Record<string, string>,
    answer: (failure: RequestFailure) => Response,
    { method = "GET", service = rwt } = {},
  ): Promise<Response> => {
    const { authenticate } = requestAuth({ rwt: service, from, onFailure: (_, failure) => answer(failure) });
    const refused = await authenticate(new Request("http://localhost/", { method, headers }));
    return refused instanceof Response ? refused : expect.fail("it was let through");
  };

  test("has the browser drop a dead cookie, by the answer or one of your own", async () => {
    const headers = cookie(await dead());
    const plain = await ask(headers, ({ dropCookie }) => dropCookie());
    expect([plain.status, plain.headers.get("Set-Cookie")]).toEqual([401, CLEARED]);
    expect(plain.headers.get("WWW-Authenticate")).toContain("invalid_token");
    const own = await ask(headers, ({ dropCookie }) =>
      dropCookie(Response.redirect("http://localhost/login", 303)),
    );
    expect([own.status, own.headers.get("Set-Cookie")]).toEqual([303, CLEARED]);
  });

  test("leaves any other answer as it is", async () => {
    const evil = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    const out = createRwt<User>({ store: { ...store, check: fail }, secret });
    for (const answer of [
      await ask({}, ({ dropCookie }) => dropCookie()),
      await ask({ ...bearer("junk"), ...cookie(live) }, ({ dropCookie }) => dropCookie()),
      await ask({ Authorization: "Bearer", ...cookie("junk") }, ({ dropCookie }) => dropCookie()),
      await ask({ ...evil, ...cookie(live) }, ({ dropCookie }) => dropCookie(), { method: "POST" }),
      await ask(cookie(live), ({ dropCookie }) => dropCookie(), { service: out }),
    ]) {
      expect(answer.headers.get("Set-Cookie")).toBeNull();
    }
  });
});
