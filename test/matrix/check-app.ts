import { deepStrictEqual as expectEqual } from "node:assert";
import { type Check, runChecks } from "./checks.ts";
import type { SuiteResult } from "./programs/suites.ts";

/** Calls the app that a runtime serves over real HTTP: the routes of the middleware, and those of `redis-web-token/request`. */
export function checkApp(origin: string): Promise<SuiteResult> {
  const checks = ["/hono", "/request"].flatMap((path) =>
    Object.entries(CASES).map(([name, run]): [string, Check] => [
      `${path}: ${name}`,
      () => run(origin + path),
    ]),
  );
  return runChecks("Hono", Object.fromEntries(checks));
}

const CASES: Readonly<Record<string, (base: string) => Promise<void>>> = {
  async "no token is a 401 with a challenge and no error"(base) {
    const { status, headers } = await fetch(`${base}/private`);
    expectEqual([status, headers.get("WWW-Authenticate")], [401, 'Bearer realm="api"']);
  },
  async "a forged token is a 401 with invalid_token"(base) {
    const forged = { Authorization: `Bearer rwt_${"A".repeat(76)}` };
    const { status, headers } = await fetch(`${base}/private`, { headers: forged });
    expectEqual([status, headers.get("WWW-Authenticate")?.includes('error="invalid_token"')], [401, true]);
  },
  async "a malformed credential is a 400"(base) {
    const { status } = await fetch(`${base}/private`, { headers: { Authorization: "Bearer a b" } });
    expectEqual(status, 400);
  },
  async "a token opens the session as a bearer and as a cookie, until it is signed out"(base) {
    const login = await fetch(`${base}/login`, { method: "POST" });
    const { token } = (await login.json()) as { token: string };
    const cookie = login.headers.get("Set-Cookie") ?? "";
    expectEqual(cookie.startsWith(`__Host-rwt=${token}; `) && cookie.includes("HttpOnly"), true);
    const carriers = [{ Authorization: `Bearer ${token}` }, { Cookie: `__Host-rwt=${token}` }];
    for (const headers of carriers) {
      const answer = await fetch(`${base}/private`, { headers });
      expectEqual([answer.status, await answer.json()], [200, { name: "Zoë 🎟" }]);
    }
    const logout = await fetch(`${base}/logout`, {
      method: "POST",
      headers: { Cookie: `__Host-rwt=${token}` },
    });
    expectEqual([logout.status, await logout.json()], [200, { ended: true }]);
    expectEqual(logout.headers.get("Set-Cookie")?.startsWith("__Host-rwt=; Max-Age=0"), true);
    for (const headers of carriers) {
      const answer = await fetch(`${base}/private`, { headers });
      await answer.body?.cancel();
      expectEqual(answer.status, 401);
    }
  },
};
