/** What an app does with refusals of its own, in both majors of Express. */
import type { Response as ExpressResponse, NextFunction, Request } from "express";
import { describe, expect, test } from "vitest";
import { expressAuth, RequestRefusedError } from "../../src/express/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { majors, serve, type User } from "./fixture.ts";

const secret = "a secret of the tests, 32 bytes or more";
const memory = memoryStore();
let isOut = false;
let beforeCheck = async (): Promise<void> => {};
const store = {
  ...memory,
  async check(...args: Parameters<typeof memory.check>) {
    await beforeCheck();
    if (isOut) throw new StoreUnavailableError("network", "Redis is out");
    return memory.check(...args);
  },
};
const rwt = createRwt<User>({ store, secret });

async function deadCookie(): Promise<{ Cookie: string }> {
  const token = await rwt.sign({ id: "42" });
  await rwt.destroy(token);
  return { Cookie: `__Host-rwt=${token}` };
}

describe.each(majors)("%s", (_, express) => {
  test("an error handler gets each refusal as an error", async () => {
    const auth = expressAuth({ rwt, from: ["cookie"], onFailure: (error, _req, _res, next) => next(error) });
    const app = express();
    app.get("/private", auth.required, (_req, res) => void res.send("in"));
    const caught: RequestRefusedError[] = [];
    app.use((error: RequestRefusedError, _req: Request, res: ExpressResponse, _next: NextFunction) => {
      caught.push(error);
      res.status(error.statusCode).set(error.headers).json({ code: error.code });
    });
    const url = `${await serve(app)}/private`;
    const refused = await fetch(url);
    expect([refused.status, await refused.json()]).toEqual([401, { code: "ERR_RWT_REQUEST_REFUSED" }]);
    expect(refused.headers.get("WWW-Authenticate")).toBe('Bearer realm="api"');
    expect(refused.headers.get("Cache-Control")).toBe("no-store");
    isOut = true;
    const Cookie = `__Host-rwt=${await rwt.sign({ id: "42" })}`;
    const out = await fetch(url, { headers: { Cookie } });
    isOut = false;
    expect([out.status, out.headers.get("Retry-After")]).toEqual([503, "5"]);
    expect(caught.map((error) => error instanceof RequestRefusedError)).toEqual([true, true]);
    expect(caught[1]?.cause).toBeInstanceOf(StoreUnavailableError);
  });

  test("without an error handler, Express answers with the status and the headers of the error", async () => {
    const auth = expressAuth({ rwt, from: ["cookie"], onFailure: (error, _req, _res, next) => next(error) });
    const app = express();
    app.set("env", "test"); // Express logs no error then.
    app.get("/private", auth.required, (_req, res) => void res.send("in"));
    const refused = await fetch(`${await serve(app)}/private`);
    expect([refused.status, refused.headers.get("WWW-Authenticate")]).toEqual([401, 'Bearer realm="api"']);
    expect(refused.headers.get("Cache-Control")).toBe("no-store");
  });

  test("an app sends people to its sign-in page, and drops the dead cookie, after cookies that were set before", async () => {
    const auth = expressAuth({
      rwt,
      from: ["cookie"],
      async onFailure(error, _req: Request, res: ExpressResponse, next) {
        if (error.statusCode !== 401) return next(error);
        if (error.dropCookie) res.append("Set-Cookie", error.dropCookie);
        res.redirect(303, "/login");
      },
    });
    const app = express();
    app.use((_req, res, next) => {
      res.cookie("csrf", "abc");
      next();
    });
    app.get("/private", auth.required, (_req, res) => void res.send("in"));
    const url = `${await serve(app)}/private`;
    const refused = await fetch(url, { headers: await deadCookie(), redirect: "manual" });
    expect([refused.status, refused.headers.get("Location")]).toEqual([303, "/login"]);
    expect(refused.headers.getSetCookie()).toEqual([
      "csrf=abc; Path=/",
      "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
    ]);
    const stranger = await fetch(url, { redirect: "manual" });
    expect(stranger.headers.getSetCookie()).toEqual(["csrf=abc; Path=/"]);
  });

  test.each([undefined, null, ""])("an onFailure that calls next(%j) lets nobody in", async (passed) => {
    const auth = expressAuth({
      rwt,
      from: ["cookie"],
      onFailure: (_error, _req, _res, next) => next(passed),
    });
    const app = express();
    app.get("/private", auth.required, (_req, res) => void res.send("in"));
    app.get("/strong", auth.requires({ maxAge: 300 }), (_req, res) => void res.send("in"));
    app.use((error: RequestRefusedError, _req: Request, res: ExpressResponse, _next: NextFunction) => {
      res.status(error.statusCode).send(error.message);
    });
    const origin = await serve(app);
    for (const path of ["/private", "/strong"]) {
      const refused = await fetch(`${origin}${path}`);
      expect([refused.status, await refused.text()]).toEqual([401, "Unauthorized"]);
    }
  });

  test("a call in a handler rejects with the error that onFailure passes on", async () => {
    const auth = expressAuth({ rwt, from: ["cookie"], onFailure: (error, _req, _res, next) => next(error) });
    const app = express();
    app.post("/logout", (req, res, next) => {
      auth.signOut(req, res).then(() => res.send("out"), next);
    });
    app.use((error: RequestRefusedError, _req: Request, res: ExpressResponse, _next: NextFunction) => {
      res.status(error.statusCode).send(error.message);
    });
    const headers = { Origin: "https://evil.example" };
    const refused = await fetch(`${await serve(app)}/logout`, { method: "POST", headers });
    expect([refused.status, await refused.text()]).toEqual([403, "Cross-site: see csrf.origins"]);
  });

  test("what an onFailure does while the store is out doesn't call it once more", async () => {
    let calls = 0;
    const auth = expressAuth({
      rwt,
      from: ["cookie"],
      async onFailure(_error, req, res) {
        calls++;
        await auth.authenticate(req, res);
      },
    });
    const app = express();
    app.get("/private", auth.required, (_req, res) => void res.send("in"));
    const Cookie = `__Host-rwt=${await rwt.sign({ id: "42" })}`;
    isOut = true;
    const answer = await fetch(`${await serve(app)}/private`, { headers: { Cookie } });
    isOut = false;
    expect([answer.status, calls]).toEqual([503, 1]);
  });

  test("an error of the app's own code reaches its error handler", async () => {
    const auth = expressAuth({
      rwt,
      onFailure() {
        throw new Error("the app's own");
      },
    });
    const app = express();
    app.get("/private", auth.required, (_req, res) => void res.send("in"));
    app.use((error: Error, _req: Request, res: ExpressResponse, _next: NextFunction) => {
      res.status(500).send(error.message);
    });
    expect(await (await fetch(`${await serve(app)}/private`)).text()).toBe("the app's own");
  });

  test("a request that was answered while the store was slow gets no second answer", async () => {
    const auth = expressAuth({ rwt, from: ["cookie"] });
    const app = express();
    let answer = (): void => {};
    let reached = false;
    app.get(
      "/private",
      (_req, res, next) => {
        answer = () => res.status(504).end("too slow");
        next();
      },
      auth.required,
      () => {
        reached = true;
      },
    );
    const errors: unknown[] = [];
    app.use(
      (error: Error, _req: Request, _res: ExpressResponse, _next: NextFunction) => void errors.push(error),
    );
    const Cookie = `__Host-rwt=${await rwt.sign({ id: "42" })}`;
    isOut = true;
    beforeCheck = async () => answer();
    const slow = await fetch(`${await serve(app)}/private`, { headers: { Cookie } });
    isOut = false;
    beforeCheck = async () => {};
    expect([slow.status, await slow.text()]).toEqual([504, "too slow"]);
    expect([reached, errors]).toEqual([false, []]);
  });
});
