import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import {
  type OptionalRwtVariables,
  type RwtAuthOptions,
  rotateSession,
  rwtAuth,
  rwtCarrier,
  type SignInOptions,
  signIn,
  signOut,
} from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const HOUR = 3600;
const DAY = 24 * HOUR;
let time = 1_800_000_000;
const now = (): number => time;
const rwt = createRwt<string>({
  store: memoryStore({ now }),
  secret,
  now,
  expire: 10 * DAY,
  maxLifetime: 30 * DAY,
}).with(sessions());
type Options = Partial<RwtAuthOptions<string>>;

function appWith(options: Options = {}, later: Options = options) {
  const app = new Hono<{ Variables: OptionalRwtVariables<string> }>();
  const given = { rwt, from: ["cookie"], ...options } as const;
  const givenLater = { rwt, from: ["cookie"], ...later } as const;
  app.onError((error, c) => c.json({ ...error, name: error.name }, 500));
  app.post("/login", rwtCarrier<string>(given), async (c) => {
    const asked = c.req.query("options");
    return c.text(await signIn(c, "Ada", asked ? (JSON.parse(asked) as SignInOptions) : undefined));
  });
  app.post("/sudo", rwtAuth<string>(givenLater), async (c) => c.text(`${await rotateSession(c)}`));
  app.post("/sudo-unchecked", rwtCarrier<string>(givenLater), async (c) =>
    c.text(`${await rotateSession(c)}`),
  );
  app.post("/both", rwtCarrier<string>(given), async (c) => {
    await signIn(c, "Ada", { persistent: false });
    return c.text(`${await rotateSession(c)}`);
  });
  app.post("/logout", rwtCarrier<string>(givenLater), async (c) => c.json(await signOut(c)));
  return app;
}
type App = ReturnType<typeof appWith>;

const post = (app: App, path: string, token?: string) =>
  app.request(path, { method: "POST", headers: token ? { Cookie: `__Host-rwt=${token}` } : {} });
const login = (app: App, options?: object) =>
  post(app, options ? `/login?options=${encodeURIComponent(JSON.stringify(options))}` : "/login");
/** What the answer's last cookie says of its life: seconds, or that the browser's session ends it. */
const lifeOf = (response: Response): number | "session" | undefined => {
  const cookie = response.headers.getSetCookie().at(-1);
  if (cookie === undefined) return undefined;
  const [, seconds] = /; Max-Age=(\d+)/.exec(cookie) ?? [];
  return seconds === undefined ? "session" : Number(seconds);
};

describe("signIn's persistent", () => {
  test.each([
    [undefined, undefined, 30 * DAY],
    [undefined, true, 30 * DAY],
    [undefined, false, "session"],
    [true, false, "session"],
    [false, undefined, "session"],
    [false, false, "session"],
    [false, true, 30 * DAY],
  ] as const)(
    "decides for each session: cookie.persistent %j and %j: %j",
    async (persistent, chosen, life) => {
      const app = appWith({ cookie: { persistent } });
      const response = await login(app, chosen === undefined ? undefined : { persistent: chosen });
      expect(lifeOf(response)).toBe(life);
      const { signIn } = requestAuth<string>({ rwt, from: ["cookie"], cookie: { persistent } });
      const request = new Request("http://localhost/", { method: "POST" });
      const answer = await signIn(request, "Ada", { persistent: chosen });
      expect(lifeOf(answer as unknown as Response)).toBe(life);
    },
  );

  test("is noted in meta where it isn't the default, beside what you note", async () => {
    const metaOf = async (options?: object, from: Options["from"] = ["cookie"]) =>
      (await rwt.verify(await (await login(appWith({ from }), options)).text()))?.meta;
    expect(await metaOf()).toBeUndefined();
    expect(await metaOf({ meta: { device: "a tablet" } })).toEqual({ device: "a tablet" });
    expect(await metaOf({ persistent: false })).toEqual({ persistent: false });
    expect(await metaOf({ persistent: true, meta: { device: "a tablet" } })).toEqual({
      device: "a tablet",
      persistent: true,
    });
    // Without a cookie there is nothing to keep.
    expect(await metaOf({ persistent: false }, ["bearer"])).toBeUndefined();
  });

  test.each([
    [{ persistent: "on" }, "ERR_RWT_OPTION_TYPE", "persistent"],
    [{ persistent: 1 }, "ERR_RWT_OPTION_TYPE", "persistent"],
    [{ persistent: false, meta: "a tablet" }, "ERR_RWT_OPTION_TYPE", "meta"],
    [{ persistent: false, meta: ["a tablet"] }, "ERR_RWT_OPTION_TYPE", "meta"],
    [{ persistent: false, remember: true }, "ERR_RWT_OPTION_UNKNOWN", "remember"],
  ])("%j is refused", async (options, code, option) => {
    const response = await login(appWith(), options);
    expect(await response.json()).toMatchObject({ code, option });
    expect(response.headers.get("Set-Cookie")).toBeNull();
  });

  test("doesn't make JSON of what isn't", async () => {
    const { signIn } = requestAuth<string>({ rwt, from: ["cookie"] });
    const request = new Request("http://localhost/", { method: "POST" });
    for (const meta of [new Date(), new Map(), { at: new Date() }, { gone: undefined }]) {
      const options = { persistent: false, meta } as SignInOptions;
      await expect(signIn(request, "Ada", options)).rejects.toMatchObject({ code: "ERR_RWT_DATA_NOT_JSON" });
    }
  });
});

describe("a rotation's cookie", () => {
  test.each([
    ["/sudo", 30 * DAY - 2 * HOUR],
    ["/sudo-unchecked", 30 * DAY - 2 * HOUR],
  ])("ends with the session: %s", async (path, life) => {
    const app = appWith();
    const token = await (await login(app)).text();
    time += 2 * HOUR;
    expect(lifeOf(await post(app, path, token))).toBe(life);
  });

  test("when 12 hours are left, and when a second is", async () => {
    const app = appWith();
    let token = await (await login(app)).text();
    const start = time;
    for (const left of [20.5 * DAY, 11 * DAY, 12 * HOUR, 1]) {
      // In steps that keep it from idling out.
      while (start + 30 * DAY - time > left + 9 * DAY) {
        time += 9 * DAY;
        token = await (await post(app, "/sudo", token)).text();
      }
      time = start + 30 * DAY - left;
      const response = await post(app, "/sudo", token);
      expect(lifeOf(response)).toBe(left);
      token = await response.text();
    }
  });

  test.each(["/sudo", "/sudo-unchecked"])(
    "keeps the kind that the user chose, at each rotation: %s",
    async (path) => {
      for (const [options, life] of [
        [{ persistent: false }, "session"],
        [{ persistent: true }, 30 * DAY],
      ] as const) {
        for (const persistent of [true, false]) {
          const app = appWith({ cookie: { persistent } });
          let token = await (await login(app, options)).text();
          for (let again = 0; again < 3; again++) {
            const response = await post(app, path, token);
            expect(lifeOf(response)).toBe(life);
            token = await response.text();
          }
        }
      }
    },
  );

  test("keeps the kind that another middleware chose", async () => {
    const app = appWith({ cookie: { persistent: false } }, {});
    const token = await (await login(app)).text();
    expect(lifeOf(await post(app, "/sudo", token))).toBe("session");
  });

  test("goes by the option where nobody noted anything, or something else", async () => {
    for (const meta of [undefined, { persistent: "yes" }, { persistent: null }]) {
      const token = await rwt.sign("Ada", { meta });
      expect(lifeOf(await post(appWith(), "/sudo", token))).toBe(30 * DAY);
      expect(lifeOf(await post(appWith({ cookie: { persistent: false } }), "/sudo", token))).toBe("session");
    }
  });

  test("after a sign-in in the same request is of its kind", async () => {
    expect(lifeOf(await post(appWith(), "/both"))).toBe("session");
  });

  test("is partitioned where the sign-in's was, and so is what clears it", async () => {
    const app = appWith({ cookie: { partitioned: true } });
    const signedIn = await login(app);
    const token = await signedIn.text();
    for (const response of [signedIn, await post(app, "/sudo", token), await post(app, "/logout", token)]) {
      expect(response.headers.get("Set-Cookie")).toMatch(
        /; Path=\/; HttpOnly; Secure; SameSite=None; Partitioned$/,
      );
    }
  });

  test("of a service that is wrapped ends by the session's deadline too", async () => {
    const real = createRwt<string>({ store: memoryStore(), secret, maxLifetime: 30 * DAY }).with(sessions());
    const app = appWith({ rwt: { ...real } });
    const token = await (await login(app)).text();
    expect(Math.abs(Number(lifeOf(await post(app, "/sudo", token))) - 30 * DAY)).toBeLessThan(5);
  });

  test.each([
    [undefined, 30 * DAY],
    [{ persistent: true }, 30 * DAY],
    [{ persistent: false }, "session"],
  ] as const)(
    "of a rotation whose answer was lost is the same once more, though the old token is dead: %j",
    async (options, life) => {
      const app = appWith();
      const token = await (await login(app, options)).text();
      const fresh = await rwt.rotate(token, { grace: 0 });
      await rwt.verify(fresh);
      expect(await rwt.verify(token)).toBeNull();
      const response = await post(app, "/sudo-unchecked", token);
      expect(await response.text()).toBe(fresh);
      expect(lifeOf(response)).toBe(life);
    },
  );
});

describe("the option cookie.partitioned", () => {
  const auth = (cookie: RwtAuthOptions["cookie"]) => requestAuth({ rwt, from: ["cookie"], cookie });
  const cookieOf = async (cookie: RwtAuthOptions["cookie"]) =>
    (await auth(cookie).signIn(new Request("http://localhost/", { method: "POST" }), "Ada")).headers.get(
      "Set-Cookie",
    );

  test("makes SameSite=None the default, since it is for iframes, and leaves it to you", async () => {
    expect(await cookieOf({ partitioned: true })).toMatch(/SameSite=None; Partitioned$/);
    expect(await cookieOf({ partitioned: true, sameSite: "Lax" })).toMatch(/SameSite=Lax; Partitioned$/);
    expect(await cookieOf({ partitioned: false })).toMatch(/SameSite=Lax$/);
  });

  test("needs Secure, and true or false", () => {
    expect(() => auth({ name: "sid", partitioned: true, sameSite: "Lax", secure: false })).toThrow(
      expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "cookie.secure" }),
    );
    expect(() => auth({ partitioned: "yes" } as never)).toThrow(
      expect.objectContaining({ code: "ERR_RWT_OPTION_TYPE", option: "cookie.partitioned" }),
    );
  });
});
