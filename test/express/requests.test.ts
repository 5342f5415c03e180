/** How `expressAuth` reads Express's requests: below a mounted path, behind a proxy, with several services. */
import type { ErrorRequestHandler, Request } from "express";
import { describe, expect, test } from "vitest";
import { expressAuth } from "../../src/express/index.ts";
import { createRwt, MiddlewareMissingError, type Session } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { majors, serve, type User } from "./fixture.ts";

const memory = memoryStore();
let checks = 0;
const store = {
  ...memory,
  check(...args: Parameters<typeof memory.check>) {
    checks++;
    return memory.check(...args);
  },
};
const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt<User>({ store, secret });
const user: User = { id: "42" };
const cookie = async (): Promise<string> => `__Host-rwt=${await rwt.sign(user)}`;

describe.each(majors)("%s", (_, express) => {
  test("csrf.paths means whole paths, also in a router that is mounted below one", async () => {
    const auth = expressAuth({ rwt, from: ["cookie"], csrf: { paths: ["/auth/callback"] } });
    const router = express.Router();
    router.use(auth.optional);
    router.post("/callback", (_req, res) => void res.send("in"));
    const app = express();
    app.use("/auth", router);
    app.use("/other/auth", router);
    const origin = await serve(app);
    const post = async (path: string): Promise<number> =>
      (await fetch(origin + path, { method: "POST", headers: { Origin: "null" } })).status;
    expect(await post("/auth/callback")).toBe(200);
    expect(await post("/other/auth/callback")).toBe(403);
  });

  test("with trust proxy, the host that the proxy forwards is the app's own", async () => {
    const auth = expressAuth({ rwt, from: ["cookie"] });
    const post = async (trust: boolean, Origin: string): Promise<number> => {
      const app = express();
      app.set("trust proxy", trust);
      app.post("/private", auth.required, (_req, res) => void res.send("in"));
      const headers = { Cookie: await cookie(), Origin, "X-Forwarded-Host": "app.example.org" };
      return (await fetch(`${await serve(app)}/private`, { method: "POST", headers })).status;
    };
    expect(await post(true, "https://app.example.org")).toBe(200);
    expect(await post(true, "https://evil.example")).toBe(403);
    expect(await post(false, "https://app.example.org")).toBe(403);
  });

  test("with trust proxy, pages on another port are another origin, as without", async () => {
    const auth = expressAuth({ rwt, from: ["cookie"] });
    const app = express();
    app.set("trust proxy", true);
    app.post("/private", auth.required, (_req, res) => void res.send("in"));
    const server = await serve(app);
    const post = async (Origin: string, forwarded: Record<string, string>): Promise<number> => {
      const headers = { Cookie: await cookie(), Origin, ...forwarded };
      return (await fetch(`${server}/private`, { method: "POST", headers })).status;
    };
    for (const host of ["app.example.org:8443", "app.example.org:8443, proxy.internal", "[::1]:8443"]) {
      const forwarded = { "X-Forwarded-Host": host };
      const [own = ""] = host.split(",");
      expect(await post(`https://${own}`, forwarded)).toBe(200);
      expect(await post(`https://${own.replace(":8443", "")}`, forwarded)).toBe(403);
      expect(await post(`https://${own.replace(":8443", ":9443")}`, forwarded)).toBe(403);
    }
    expect(await post(server, {})).toBe(200);
    expect(await post("http://127.0.0.1", {})).toBe(403);
  });

  test("several middlewares of one request check its token once", async () => {
    const auth = expressAuth({ rwt, from: ["cookie"] });
    const app = express();
    app.use(auth.optional);
    app.get("/private", auth.required, (req, res) => void res.json(auth.session(req).data));
    const headers = { Cookie: await cookie() };
    const url = `${await serve(app)}/private`;
    checks = 0;
    expect(await (await fetch(url, { headers })).json()).toEqual(user);
    expect(checks).toBe(1);
    expect((await fetch(url)).status).toBe(401);
  });

  test("two services of one app keep their sessions apart", async () => {
    const staff = createRwt<{ role: string }>({ store: memoryStore(), secret, prefix: "staff:" });
    const forUsers = expressAuth({ rwt, from: ["cookie"] });
    const forStaff = expressAuth({ rwt: staff, from: ["header"], header: "x-staff-token" });
    const app = express();
    app.get("/both", forUsers.required, forStaff.required, (req, res) => {
      res.json([forUsers.session(req).data, forStaff.session(req).data]);
    });
    app.get("/one", forUsers.required, (req, res) => void res.json(forStaff.session(req).data));
    const failed: ErrorRequestHandler = (error, _req, res, _next) => void res.status(500).json(error);
    app.use(failed);
    const origin = await serve(app);
    const headers = { Cookie: await cookie(), "X-Staff-Token": await staff.sign({ role: "admin" }) };
    expect(await (await fetch(`${origin}/both`, { headers })).json()).toEqual([user, { role: "admin" }]);
    expect((await fetch(`${origin}/one`, { headers })).status).toBe(500);
  });

  test("req.auth is the session, for templates and apps that declare its type", async () => {
    const auth = expressAuth({ rwt, from: ["cookie"] });
    const app = express();
    const read = (req: Request): unknown => (req as { auth?: Session<User> | null }).auth;
    app.get("/home", auth.optional, (req, res) => void res.json(read(req)));
    app.post("/logout", auth.required, async (req, res) => {
      await auth.signOut(req, res);
      res.json(read(req));
    });
    const origin = await serve(app);
    const headers = { Cookie: await cookie() };
    expect(await (await fetch(`${origin}/home`, { headers })).json()).toMatchObject({ data: user });
    expect(await (await fetch(`${origin}/home`)).json()).toBeNull();
    expect(await (await fetch(`${origin}/logout`, { method: "POST", headers })).json()).toBeNull();
  });
});

test("a route without the middleware is told which one it needs", () => {
  const auth = expressAuth({ rwt });
  const request = { headers: {}, httpVersion: "1.1" };
  expect(() => auth.session(request)).toThrow(MiddlewareMissingError);
  expect(() => auth.session(request)).toThrow("auth.required");
  expect(() => auth.sessionOrNull(request)).toThrow("auth.optional");
});

test("wrong options are refused when the app starts", () => {
  const wrong =
    (options: object): (() => void) =>
    () =>
      void expressAuth({ rwt, ...options });
  expect(wrong({ optional: true })).toThrow("expressAuth's options");
  expect(wrong({ from: [] })).toThrow("from");
  expect(wrong({ onFailure: "next" })).toThrow("onFailure");
  expect(() => expressAuth(rwt as never)).toThrow("{ rwt }");
});
