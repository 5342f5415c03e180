import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { type RequestAuthOptions, requestAuth } from "../../src/request/index.ts";
import { bearer, challengeOf, live, rwt, secret, signed, type User } from "../hono/fixture.ts";

const ALL = ["bearer", "cookie", "header"] as const;
const authWith = (options: Partial<RequestAuthOptions<User>> = {}) =>
  requestAuth<User>({ rwt, from: ALL, ...options, optional: false });
const request = (headers: HeadersInit = {}) => new Request("http://localhost/", { method: "POST", headers });
const refused = (outcome: unknown): Response =>
  outcome instanceof Response ? outcome : expect.fail("it was let through");
const passed = <Outcome>(outcome: Outcome): Exclude<Outcome, Response> =>
  outcome instanceof Response
    ? expect.fail(`refused with ${outcome.status}`)
    : (outcome as Exclude<Outcome, Response>);

const out = createRwt<User>({
  store: redisStore({ send: () => Promise.reject(new Error("connection refused")), close: async () => {} }),
  secret,
});

describe("authenticate", () => {
  const { authenticate, signIn, signOut } = authWith();

  test.each([
    ["bearer", bearer(live)],
    ["cookie", { Cookie: `theme=dark; __Host-rwt=${live}` }],
    ["header", { "X-Access-Token": live }],
  ])("gives the session of a live token: %s", async (_, headers) => {
    expect(passed(await authenticate(request(headers))).data).toEqual({ name: "Ada" });
  });

  test("takes the headers of Node's requests, which are a plain object", async () => {
    for (const headers of [
      { authorization: `Bearer ${live}` },
      { cookie: `__Host-rwt=${live}` },
      { "x-access-token": live },
    ]) {
      expect(passed(await authenticate({ method: "GET", headers })).data).toEqual({ name: "Ada" });
    }
    const arrays = { Cookie: ["theme=dark", `__Host-rwt=${live}`], get: "a header of that name" };
    expect(passed(await authenticate({ method: "POST", headers: arrays })).data).toEqual({ name: "Ada" });
    const twice = { "x-access-token": [live, live] };
    expect(refused(await authenticate({ method: "POST", headers: twice })).status).toBe(401);
  });

  test("needs the method where a cookie may be sent from anywhere, and says so", async () => {
    const headers = { cookie: `__Host-rwt=${live}`, host: "localhost", "sec-fetch-site": "cross-site" };
    for (const given of [headers, new Headers(headers), bearer(live), {}]) {
      for (const method of [undefined, "", null]) {
        await expect(authenticate({ method, headers: given } as never)).rejects.toMatchObject({
          code: "ERR_RWT_OPTION_TYPE",
          option: "method",
          message: expect.stringContaining('such as "GET"'),
        });
      }
    }
    // A page that another site links to is read; what it posts isn't.
    expect(passed(await authenticate({ method: "GET", headers })).data.name).toBe("Ada");
    // As hapi has it.
    expect(passed(await authenticate({ method: "get", headers })).data.name).toBe("Ada");
    expect(refused(await authenticate({ method: "POST", headers })).status).toBe(403);
    // Where no cookie is read, or the app defends itself, the headers are enough.
    const withoutCookie = authWith({ from: ["bearer"] });
    expect(passed(await withoutCookie.authenticate({ headers: bearer(live) } as never)).data.name).toBe(
      "Ada",
    );
    const undefended = authWith({ csrf: false });
    expect(passed(await undefended.authenticate({ headers } as never)).data.name).toBe("Ada");
  });

  test.each([
    ["a promise of them, as next/headers gives", { method: "GET", headers: Promise.resolve(new Headers()) }],
    ["null", { method: "GET", headers: null }],
    ["pairs", { method: "GET", headers: [["cookie", `__Host-rwt=${live}`]] }],
    ["text", { method: "GET", headers: `cookie: __Host-rwt=${live}` }],
  ])("needs the headers, and takes no one for a stranger without them: %s", async (_, given) => {
    for (const call of [authenticate, signIn, signOut] as unknown as ((
      request: unknown,
    ) => Promise<unknown>)[]) {
      await expect(call(given)).rejects.toMatchObject({
        code: "ERR_RWT_OPTION_TYPE",
        option: "headers",
        message: expect.stringContaining("await"),
      });
    }
  });

  test.each([
    ["nothing", undefined, "undefined"],
    ["the token", "rwt_", "string"],
    ["the headers", new Headers(bearer(live)), "object"],
    ["no headers", { method: "GET" }, "object"],
    ["a promise", Promise.resolve(request()), "a promise: await it"],
  ])("needs a request, and says what it got: %s", async (_, given, kind) => {
    for (const call of [authenticate, signIn, signOut] as unknown as ((
      request: unknown,
    ) => Promise<unknown>)[]) {
      await expect(call(given)).rejects.toMatchObject({
        code: "ERR_RWT_OPTION_TYPE",
        option: "request",
        message: `request must be a Request, Node's request, or { method, url, headers }, not ${kind}`,
      });
    }
  });

  test("gives the answer of RFC 6750 to whoever has no live token", async () => {
    const none = refused(await authenticate(request()));
    expect([none.status, challengeOf(none)]).toEqual([401, 'Bearer realm="api"']);
    const bad = refused(await authenticate(request(bearer("rwt_junk"))));
    expect([bad.status, challengeOf(bad)]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
    const twice = refused(await authenticate(request({ ...bearer(live), "x-access-token": live })));
    expect([twice.status, challengeOf(twice)]).toEqual([
      400,
      expect.stringContaining('error="invalid_request"'),
    ]);
    for (const answer of [none, bad, twice]) expect(answer.headers.get("Cache-Control")).toBe("no-store");
  });

  test("gives null in place of a 401 where it is optional, and nothing else", async () => {
    const { authenticate } = requestAuth<User>({ rwt, from: ALL, optional: true });
    expect(await authenticate(request())).toBeNull();
    expect(await authenticate(request(bearer("rwt_junk")))).toBeNull();
    expect(passed(await authenticate(request(bearer(live))))?.data.name).toBe("Ada");
    expect(refused(await authenticate(request({ Authorization: "Bearer" }))).status).toBe(400);
    const unknown = await requestAuth({ rwt: out, optional: true }).authenticate(request(bearer(live)));
    expect(refused(unknown).status).toBe(503);
  });

  test("is 503 while the store is out, never a 401, and tells onFailure why", async () => {
    const seen: unknown[] = [];
    const { authenticate } = authWith({
      rwt: out,
      retryAfter: 7,
      onFailure(asked, { status, cause, response }) {
        seen.push([asked, status, cause?.reason]);
        return response;
      },
    });
    const asked = request(bearer(live));
    const answer = refused(await authenticate(asked));
    expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "7"]);
    expect(seen).toEqual([[asked, 503, "network"]]);
  });

  test("sends an answer of your own", async () => {
    const { authenticate } = authWith({ onFailure: () => Response.redirect("http://localhost/login", 303) });
    expect(refused(await authenticate(request())).headers.get("Location")).toBe("http://localhost/login");
  });
});

describe("signIn and signOut", () => {
  const { authenticate, signIn, signOut } = authWith();
  const cookieOf = (headers: Headers) => headers.get("Set-Cookie")?.split(";")[0] ?? "";

  test("start a session that the token and the cookie carry, and end it", async () => {
    const { token, headers } = passed(await signIn(request(), { name: "Ada" }, { subject: "42" }));
    expect(headers.get("Set-Cookie")).toBe(
      `__Host-rwt=${token}; Max-Age=${rwt.maxLifetime}; Path=/; HttpOnly; Secure; SameSite=Lax`,
    );
    expect(headers.get("Cache-Control")).toBe("no-store");
    const carried = { Cookie: cookieOf(headers) };
    expect(passed(await authenticate(request(carried))).subject).toBe("42");

    const signedOut = passed(await signOut(request(carried)));
    expect(signedOut.ended).toBe(true);
    expect(signedOut.headers.get("Set-Cookie")).toBe(
      "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
    );
    expect(refused(await authenticate(request(bearer(token)))).status).toBe(401);
    expect(passed(await signOut(request(carried))).ended).toBe(false);
  });

  test("leave cookies alone where they are no carrier", async () => {
    const { signIn, signOut } = authWith({ from: ["bearer"] });
    const { token, headers } = passed(await signIn(request(), { name: "Ada" }));
    expect(headers.has("Set-Cookie")).toBe(false);
    expect(passed(await signOut(request(bearer(token)))).headers.has("Set-Cookie")).toBe(false);
  });

  test("end every session that comes along at a sign-in: nobody else can share the new one", async () => {
    const [carried, inCookie] = [await signed("Mallory"), await signed("Mallory")];
    const both = request({ ...bearer(carried), Cookie: `__Host-rwt=${inCookie}` });
    passed(await signIn(both, { name: "Ada" }));
    expect([await rwt.verify(carried), await rwt.verify(inCookie)]).toEqual([null, null]);
  });

  test("answer 400 to a malformed request, and 503 while the store is out, which clears the cookie all the same", async () => {
    const malformed = request({ Authorization: "Bearer a b" });
    expect(refused(await signIn(malformed, { name: "Ada" })).status).toBe(400);
    expect(refused(await signOut(malformed)).status).toBe(400);

    const auth = authWith({ rwt: out });
    const failed = refused(await auth.signIn(request(), { name: "Ada" }));
    expect([failed.status, failed.headers.get("Set-Cookie")]).toEqual([503, null]);
    const left = refused(await auth.signOut(request({ Cookie: `__Host-rwt=${live}` })));
    expect([left.status, left.headers.get("Set-Cookie")]).toEqual([
      503,
      expect.stringMatching(/^__Host-rwt=;.*Max-Age=0/),
    ]);
    const toLogin = authWith({ rwt: out, onFailure: () => Response.redirect("http://localhost/out", 303) });
    const redirected = refused(await toLogin.signOut(request({ Cookie: `__Host-rwt=${live}` })));
    expect([redirected.status, redirected.headers.has("Set-Cookie")]).toEqual([303, true]);
  });

  test("end the sessions of all cookies of the name, which other hosts may have set", async () => {
    const [first, second] = [await signed("Mallory"), await signed("Ada")];
    const cookies = { Cookie: `__Host-rwt=; __Host-rwt=${first}; a=b; __Host-rwt=${second}` };
    expect(passed(await authenticate(request(cookies))).data.name).toBe("Mallory");
    expect(passed(await signOut(request(cookies))).ended).toBe(true);
    expect([await rwt.verify(first), await rwt.verify(second)]).toEqual([null, null]);
  });

  test("hand errors of the caller's on", async () => {
    await expect(signIn(request(), { name: Number.NaN } as never)).rejects.toMatchObject({
      code: "ERR_RWT_DATA_NOT_JSON",
    });
    const broken = { ...out, destroy: () => Promise.reject(new Error("a bug")) };
    await expect(authWith({ rwt: broken }).signOut(request(bearer(live)))).rejects.toThrow("a bug");
  });
});

describe("requestAuth's options", () => {
  test.each([
    [{ rwt: undefined }, "rwt"],
    [{ rwt: Promise.resolve(rwt) }, "rwt"],
    [{ from: [] }, "from"],
    [{ verify: false }, "verify"],
    [{ onFailure: "401" }, "onFailure"],
    [{ retryAfter: 0 }, "retryAfter"],
    [{ cookie: { name: "a b" } }, "cookie.name"],
  ])("%j is refused at once", (options, option) => {
    expect(() => requestAuth({ rwt, ...options } as never)).toThrow(expect.objectContaining({ option }));
  });

  test("the service alone is no options", () => {
    expect(() => requestAuth(rwt as never)).toThrow(
      /requestAuth's options must be an object such as \{ rwt \}/,
    );
  });
});

test("a service that a function makes is made at the first call, once", async () => {
  let made = 0;
  const auth = authWith({
    rwt() {
      made++;
      return rwt;
    },
  });
  expect(made).toBe(0);
  for (let call = 0; call < 2; call++)
    expect(passed(await auth.authenticate(request(bearer(live)))).data).toEqual({ name: "Ada" });
  expect(made).toBe(1);
});

test("what an onFailure does while the store is out doesn't call it once more", async () => {
  let calls = 0;
  const auth = authWith({
    rwt: out,
    onFailure: async (request, { response }) => {
      calls++;
      const guest = await auth.signIn(request as Request, { name: "a guest" });
      return guest instanceof Response ? guest : response;
    },
  });
  for (const call of [auth.authenticate, auth.signOut]) {
    calls = 0;
    expect([refused(await call(request(bearer(live)))).status, calls]).toEqual([503, 1]);
  }
});

test.each([
  ["at once", async () => {}],
  ["later", () => new Promise((resolve) => setTimeout(resolve, 5))],
])("parallel calls for one request all get the answer of onFailure, which answers %s", async (_, wait) => {
  const onFailure = async () => {
    await wait();
    return Response.redirect("http://localhost/login", 303);
  };
  const { authenticate, signOut } = authWith({ onFailure });
  const one = request({ Authorization: "Bearer" });
  const answers = await Promise.all([authenticate(one), signOut(one), authenticate(one)]);
  expect(answers.map((answer) => refused(answer).status)).toEqual([303, 303, 303]);
});
