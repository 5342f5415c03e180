import { deepStrictEqual as expectEqual } from "node:assert";
import type { RedisServer } from "../../tools/redis-server.ts";
import { forged } from "../support/forged.ts";
import { runChecks } from "./checks.ts";
import type { SuiteResult } from "./programs/suites.ts";

/** Calls the page behind the middleware of docs/frameworks/next.md, with tokens from the same app's routes. */
export function checkNext(origin: string, redis: RedisServer): Promise<SuiteResult> {
  const cookieOf = (token: string) => ({ Cookie: `__Host-rwt=${token}` });

  async function login(): Promise<string> {
    const answer = await fetch(`${origin}/login`, { method: "POST" });
    const { token } = (await answer.json()) as { token: string };
    expectEqual(answer.headers.get("Set-Cookie")?.startsWith(`__Host-rwt=${token}; `), true);
    return token;
  }

  /** Also checks Cache-Control, since Next's own value for a prerendered page lets any cache store it. */
  async function expectPage(status: number, headers: Record<string, string> = {}): Promise<void> {
    const answer = await fetch(`${origin}/private`, { headers });
    const isThePage = (await answer.text()).includes("for members");
    expectEqual(
      [answer.status, isThePage, answer.headers.get("Cache-Control")],
      [status, status === 200, "no-store"],
    );
  }

  async function post(token: string, headers: Record<string, string>): Promise<number> {
    const all = { ...cookieOf(token), ...headers };
    const answer = await fetch(`${origin}/private/notes`, { method: "POST", headers: all });
    await answer.text();
    return answer.status;
  }

  return runChecks("docs", {
    async "no token is a 401"() {
      await expectPage(401);
    },
    async "a forged token is a 401"() {
      await expectPage(401, cookieOf(forged(await login())));
    },
    async "a live token opens the page, until it is destroyed"() {
      const cookie = cookieOf(await login());
      await expectPage(200, cookie);
      const logout = await fetch(`${origin}/logout`, { method: "POST", headers: cookie });
      expectEqual(await logout.json(), { ended: true });
      await expectPage(401, cookie);
    },
    async "a POST with the cookie is a 403 from another site's page alone"() {
      const token = await login();
      const foreign = { Origin: "https://evil.example" };
      expectEqual(await post(token, { Origin: origin }), 200);
      expectEqual(await post(token, foreign), 403);
      expectEqual(await post(token, { ...foreign, "Sec-Fetch-Site": "cross-site" }), 403);
    },
    async "Redis out is a 503, and the token opens the page when Redis is back"() {
      const cookie = cookieOf(await login());
      redis.freeze();
      try {
        await expectPage(503, cookie);
      } finally {
        redis.thaw();
      }
      await expectPage(200, cookie);
    },
  });
}
