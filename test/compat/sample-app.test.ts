import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
afterAll(() => admin.quit());

/** The sample in its own process, which requires the built package. */
async function startSample(): Promise<{ url: string; end: () => Promise<number | null> }> {
  const child = spawn(process.execPath, [join(root, "test/compat/sample-app/index.cjs")], {
    env: { ...process.env, REDIS_URL: redis.url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  atEnd(() => void child.kill("SIGKILL"));
  const [url] = await once(child.stdout, "data");
  return {
    url: String(url).trim(),
    async end() {
      const closed = once(child, "close");
      child.kill("SIGTERM");
      await closed;
      return child.exitCode;
    },
  };
}

test("the original's sample app works on Express: it signs in, opens the private page, signs out, and exits", async () => {
  const { url, end } = await startSample();
  const call = async (method: string, path: string, body?: object, headers = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: { "Content-Type": "application/json", Connection: "close", ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return `${answer.status} ${await answer.text()}`;
  };
  const credentials = { username: "admin", password: "azerty" };
  expect(await call("POST", "/login", {})).toBe("400 Missing credentials");
  expect(await call("POST", "/login", { ...credentials, password: "no" })).toMatch(/^403/);
  const login = await call("POST", "/login", credentials);
  const { token } = JSON.parse(login.replace(/^200 /, ""));
  expect(token).toMatch(/^rwt_/);
  const [key = "", ...others] = await admin.keys("*");
  expect(others).toEqual([]);
  expect(key).toMatch(/^sess:\{[0-9a-f]{4}\}:s:/);
  expect(await admin.ttl(key)).toBeGreaterThan(4 * 3600 - 60);
  expect(await call("GET", `/private?token=${token}`)).toBe("200 private");
  expect(await call("GET", "/private", undefined, { "x-access-token": token })).toBe("200 private");
  expect(await call("GET", "/private?token=0000-0000-0000-0000-0000")).toBe("403 Forbidden");
  expect(await call("GET", "/private")).toBe("403 Forbidden");
  expect(await call("POST", "/logout", { token })).toBe("200 disconnected");
  expect(await call("GET", `/private?token=${token}`)).toBe("403 Forbidden");
  expect(await end()).toBe(0);
});
