import { describe, expect, test } from "vitest";
import { type AuthRequirement, expressAuth } from "../../src/express/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { cookieOf, majors, serve, type User } from "./fixture.ts";

describe.each(majors)("a step-up in %s", (_, express) => {
  test("is asked for by requires, done by reauthenticate, and asks the store no second time", async () => {
    let [time, checks] = [1_800_000_000, 0];
    const now = () => time;
    const store = memoryStore({ now });
    const counted: typeof store = {
      ...store,
      check(...args) {
        checks++;
        return store.check(...args);
      },
    };
    const rwt = createRwt<User>({ store: counted, secret: "s".repeat(32), now }).with(sessions());
    const auth = expressAuth<User>({ rwt, from: ["cookie"] });
    const app = express();
    app.use("/account", auth.required);
    app.post("/account/delete", auth.requires({ maxAge: 300 }), (req, res) => {
      res.json(auth.session(req).data);
    });
    app.get("/secrets", auth.requires({ amr: ["otp"] }), (req, res) => void res.json(auth.session(req).data));
    app.post("/confirm", async (req, res) => {
      const confirmed = await auth.reauthenticate(req, res, { amr: ["pwd", "otp"] });
      if (confirmed) res.json({ token: confirmed.token });
    });
    app.post("/account/confirm", async (req, res) => {
      const before = auth.session(req).auth?.amr;
      await auth.reauthenticate(req, res, { amr: ["pwd", "otp"] });
      res.json([before, auth.session(req).auth?.amr]);
    });
    const origin = await serve(app);
    const call = (method: string, path: string, cookie: string) =>
      fetch(`${origin}${path}`, { method, headers: { Cookie: cookie, Origin: origin } });

    const cookie = `__Host-rwt=${await rwt.sign({ id: "42" }, { auth: { amr: ["pwd"] } })}`;
    expect((await call("POST", "/account/delete", cookie)).status).toBe(200);
    expect(checks).toBe(1);
    time += 301;
    for (const [method, path, parameters] of [
      ["POST", "/account/delete", 'error_description="Authenticate again", max_age="300"'],
      ["GET", "/secrets", 'error_description="Authenticate again by otp"'],
    ] as const) {
      const refused = await call(method, path, cookie);
      expect([
        refused.status,
        refused.headers.get("WWW-Authenticate"),
        refused.headers.get("Set-Cookie"),
      ]).toEqual([401, `Bearer realm="api", error="insufficient_user_authentication", ${parameters}`, null]);
    }
    const confirmed = await call("POST", "/confirm", cookie);
    const fresh = cookieOf(confirmed);
    expect(fresh).toBe(`__Host-rwt=${(await confirmed.json()).token}`);
    expect((await call("POST", "/account/delete", fresh)).status).toBe(200);
    expect(await (await call("GET", "/secrets", fresh)).json()).toEqual({ id: "42" });
    expect((await call("POST", "/account/delete", cookie)).status).toBe(401);
    expect((await call("POST", "/confirm", cookie)).status).toBe(401);
    const weak = `__Host-rwt=${await rwt.sign({ id: "42" }, { auth: { amr: ["pwd"] } })}`;
    expect(await (await call("POST", "/account/confirm", weak)).json()).toEqual([["pwd"], ["pwd", "otp"]]);
    expect(() => auth.requires({} as AuthRequirement)).toThrowError(
      expect.objectContaining({ option: "require" }),
    );
  });
});
