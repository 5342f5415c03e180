import { type ArgumentsHost, Catch, HttpException } from "@nestjs/common";
import { APP_FILTER, APP_GUARD } from "@nestjs/core";
import { describe, expect, test } from "vitest";
import { type NestAuthOptions, RequestRefusedError, RwtModule, SessionGuard } from "../../src/nest/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { ADAPTERS, serve, serviceWith, type User } from "./fixture.ts";

const CLEARED = "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax";
const POSTS = ["login", "rotate", "others", "logout", "everywhere"];

/** Calls an app's handlers. Those that change something are POSTs of its own page. */
function caller(origin: string) {
  const call = (name: string, headers: Record<string, string> = {}): Promise<Response> => {
    const isPost = POSTS.includes(name);
    return fetch(`${origin}/${name}`, {
      method: isPost ? "POST" : "GET",
      headers: { ...(isPost && { Origin: origin }), ...headers },
    });
  };
  const signIn = async () => ({ Cookie: sessionCookie(await call("login")).split(";")[0] ?? "" });
  return { call, signIn };
}
const cookiesOf = (answer: Response) =>
  answer.headers.getSetCookie().filter((cookie) => !cookie.startsWith("theme="));
const sessionCookie = (answer: Response) => cookiesOf(answer)[0] ?? "";

describe.each(ADAPTERS)("on %s", async (adapter, adapterOf) => {
  const { call, signIn } = caller(await serve(adapterOf));

  test("a user signs in, is known, and signs out, by a cookie with all its flags", async () => {
    const login = await call("login");
    const { token, id } = (await login.json()) as { token: string; id: string };
    expect(id).toBe("42");
    expect(login.headers.get("Cache-Control")).toBe("no-store");
    const set = `__Host-rwt=${token}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax`;
    expect(cookiesOf(login)).toEqual([set]);
    // Nest's Fastify adapter runs middleware on Node's response, whose headers Fastify replaces.
    if (adapter === "Express") expect(login.headers.getSetCookie()).toEqual(["theme=dark", set]);
    const Cookie = `__Host-rwt=${token}`;
    const me = await call("me", { Cookie });
    expect([await me.json(), me.headers.get("Cache-Control"), cookiesOf(me)]).toEqual([
      { id: "42" },
      "no-store",
      [],
    ]);
    expect(await (await call("me", { Authorization: `Bearer ${token}` })).json()).toEqual({ id: "42" });
    const logout = await call("logout", { Cookie });
    expect([await logout.json(), cookiesOf(logout)]).toEqual([{ ended: true }, [CLEARED]]);
    expect((await call("me", { Cookie })).status).toBe(401);
  });

  test("the token rotates, and sessions are listed and ended", async () => {
    const [phone, desk] = [await signIn(), await signIn()];
    const devices: boolean[] = await (await call("devices", desk)).json();
    expect(devices.filter((isCurrent) => isCurrent)).toHaveLength(1);
    const rotated = await call("rotate", desk);
    const fresh = { Cookie: sessionCookie(rotated).split(";")[0] ?? "" };
    expect((await call("me", desk)).status).toBe(401);
    expect(await (await call("others", fresh)).json()).toEqual({ ended: true });
    expect([(await call("me", phone)).status, (await call("me", fresh)).status]).toEqual([401, 200]);
    const tablet = await signIn();
    const everywhere = await call("everywhere", tablet);
    expect([await everywhere.json(), cookiesOf(everywhere)]).toEqual([{ ended: true }, [CLEARED]]);
    for (const cookie of [fresh, tablet]) expect((await call("me", cookie)).status).toBe(401);
    expect(cookiesOf(await call("everywhere", tablet))).toEqual([]);
  });

  test("a page for anyone knows who has a session", async () => {
    expect(await (await call("anyone")).json()).toEqual({ id: null });
    expect(await (await call("anyone", { Cookie: "__Host-rwt=rwt_forged" })).json()).toEqual({ id: null });
    expect(await (await call("anyone", await signIn())).json()).toEqual({ id: "42" });
  });

  test.each([
    ["me", {}, 401, "Unauthorized", /^Bearer realm="api"$/],
    ["me", { Cookie: "__Host-rwt=rwt_forged" }, 401, "Not a live token", /error="invalid_token"/],
    ["me", { Authorization: "Bearer" }, 400, "Send one token", /error="invalid_request"/],
    ["devices", {}, 401, "Unauthorized", /^Bearer/],
  ] as const)(
    "%s with %j is refused as HTTP wants it, in Nest's JSON",
    async (name, headers, statusCode, message, challenge) => {
      const answer = await call(name, headers);
      expect(answer.headers.get("WWW-Authenticate")).toMatch(challenge);
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      expect(cookiesOf(answer)).toEqual([]);
      expect([answer.status, await answer.json()]).toEqual([statusCode, { statusCode, message }]);
    },
  );

  test("another site's page changes nothing, and may link to a page", async () => {
    const cookie = await signIn();
    const foreign = { ...cookie, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    for (const name of POSTS) {
      const answer = await call(name, foreign);
      expect([answer.status, cookiesOf(answer)]).toEqual([403, []]);
    }
    expect((await call("me", { ...cookie, "Sec-Fetch-Site": "cross-site" })).status).toBe(200);
  });

  test("while Redis is out it answers 503, only a sign-out clears the cookie, and the session is there afterwards", async () => {
    const redis = await ownRedis();
    const store = ioredisStore(redis.url, { timeout: 500 });
    atEnd(() => store.disconnect());
    const out = caller(await serve(adapterOf, { rwt: serviceWith(store) }));
    const cookie = await out.signIn();
    redis.freeze();
    try {
      for (const name of ["me", "anyone", "everywhere", "logout"]) {
        const answer = await out.call(name, cookie);
        expect([answer.status, answer.headers.get("Retry-After")], name).toEqual([503, "5"]);
        expect(cookiesOf(answer), name).toEqual(name === "logout" ? [CLEARED] : []);
      }
    } finally {
      redis.thaw();
    }
    await expect.poll(async () => (await out.call("anyone")).status).toBe(200);
  });

  test("an exception filter gets the refusal as an HttpException, with its cause", async () => {
    const seen: unknown[] = [];
    class Filter {
      catch(exception: HttpException, host: ArgumentsHost) {
        seen.push(exception.cause);
        const response = host.switchToHttp().getResponse();
        if (adapter === "Express") response.redirect(303, "/login");
        else response.redirect("/login", 303);
      }
    }
    Catch(HttpException)(Filter);
    const origin = await serve(adapterOf, {}, { providers: [{ provide: APP_FILTER, useClass: Filter }] });
    const headers = { Cookie: "__Host-rwt=rwt_forged" };
    const answer = await fetch(`${origin}/me`, { headers, redirect: "manual" });
    expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/login"]);
    expect(seen).toEqual([expect.any(RequestRefusedError)]);
    expect(seen[0]).toMatchObject({ statusCode: 401, dropCookie: CLEARED });
  });

  test("the guard protects all routes as APP_GUARD", async () => {
    const providers = [{ provide: APP_GUARD, useClass: SessionGuard }];
    const guarded = caller(await serve(adapterOf, {}, { providers }));
    expect((await guarded.call("anyone")).status).toBe(401);
    expect((await guarded.call("login")).status).toBe(401);
    const rwt = serviceWith();
    const own = caller(await serve(adapterOf, { rwt }, { providers }));
    const bearer = { Authorization: `Bearer ${await rwt.sign({ id: "42" })}` };
    expect(await (await own.call("forgotten", bearer)).json()).toEqual({ id: "42" });
  });

  test("a handler that reads the session without the guard, or an app without the module, is an error", async () => {
    expect((await call("forgotten", await signIn())).status).toBe(500);
    const errors: unknown[] = [];
    class Filter {
      catch(error: unknown, host: ArgumentsHost) {
        errors.push(error);
        host.switchToHttp().getResponse().status(500).send();
      }
    }
    Catch()(Filter);
    const providers = [{ provide: APP_FILTER, useClass: Filter }];
    expect((await caller(await serve(adapterOf, {}, { providers })).call("forgotten")).status).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ code: "ERR_RWT_MIDDLEWARE_MISSING" })]);
    await expect(serve(adapterOf, null)).rejects.toThrow("SessionGuard");
  });
});

test.each([
  [{ optional: true }, "optional"],
  [{ onFailure() {} }, "onFailure"],
  [{ from: [] }, "from"],
  [{ rwt: 42 }, "rwt"],
])("a wrong option is refused at once: %j", (options, option) => {
  const wrong = { rwt: serviceWith(), ...options } as unknown as NestAuthOptions<User>;
  expect(() => RwtModule.forRoot(wrong)).toThrow(expect.objectContaining({ option }));
});
