import { beforeAll, describe, expect, test } from "vitest";
import { ownRedis, ownRest } from "../support/servers.ts";
import { browse, call, GRACE, isAlive, logOut, tokenFrom } from "./client.ts";
import { newSecret, type Service, startService } from "./service.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
// Characters with a special meaning in a shell, a .env file or a TOML file.
const secret = `${newSecret()} "$HOME" 'x' #\\n \``;
const tcp = { REDIS_URL: redis.url, RWT_SECRET: secret };
const http = { UPSTASH_REDIS_REST_URL: rest.url, UPSTASH_REDIS_REST_TOKEN: rest.token, RWT_SECRET: secret };

let node: Service;
let worker: Service;
beforeAll(async () => {
  [node, worker] = await Promise.all([startService("node", tcp), startService("worker", http)]);
});

describe("one Redis, a Worker over HTTP and Node over TCP", () => {
  test("a token signed by either is valid in both, and signing out in one ends it in both", async () => {
    for (const [here, there] of [
      [node, worker],
      [worker, node],
    ] as const) {
      const first = await tokenFrom(here.url);
      const second = await tokenFrom(here.url, GRACE);
      expect(await isAlive(there.url, first)).toBe(true);
      expect(await logOut(there.url, first)).toEqual({ destroyed: true });
      expect(await isAlive(here.url, first)).toBe(false);
      expect(await isAlive(there.url, first)).toBe(false);
      expect(await logOut(here.url, second)).toEqual({ destroyed: true });
      expect(await isAlive(there.url, second)).toBe(false);
    }
  });

  test("a new secret in front of the old one logs nobody out", async () => {
    const token = await tokenFrom(worker.url);
    const changed = await startService("node", { ...tcp, RWT_SECRET: `${newSecret()}, ${secret}` });
    expect(await isAlive(changed.url, token)).toBe(true);
    expect(await isAlive(worker.url, await tokenFrom(changed.url))).toBe(false);
  });

  test("no secret, token or URL appears in their output or in a command's arguments", async () => {
    const { readFile } = await import("node:fs/promises");
    for (const service of [node, worker]) {
      const printed = `${service.output()}${await readFile(`/proc/${service.pid}/cmdline`, "utf8").catch(() => "")}`;
      for (const hidden of [secret, rest.token, rest.url, redis.url]) expect(printed).not.toContain(hidden);
    }
  });
});

describe.each(["node", "worker"] as const)("while Redis is unavailable, %s", (entry) => {
  test("answers 503 with Retry-After and lets nobody in, and recovers by itself once Redis is back", async () => {
    const { url } = entry === "node" ? node : worker;
    const token = await tokenFrom(url);
    const cookie = `__Host-rwt=${token}`;

    await redis.kill();
    const json = await call(`${url}/private`, { headers: { Authorization: `Bearer ${token}` } });
    expect([json.status, json.headers.get("Retry-After"), await json.text()]).toEqual([
      503,
      "5",
      "Service Unavailable",
    ]);
    const page = await browse(`${url}/private`, { cookie });
    expect([page.status, page.headers.get("Retry-After")]).toEqual([503, "5"]);
    expect(await page.text()).toContain("One moment, please");
    const login = await call(`${url}/login`, { body: GRACE });
    expect([login.status, login.headers.getSetCookie()]).toEqual([503, []]);
    const logout = await browse(`${url}/logout`, { method: "POST", cookie });
    expect([logout.status, logout.headers.get("Retry-After")]).toEqual([503, "5"]);
    expect((await browse(url)).status).toBe(200);

    await redis.restart();
    await expect.poll(() => call(`${url}/login`, { body: GRACE }).then(({ status }) => status)).toBe(200);
    expect(await isAlive(url, await tokenFrom(url))).toBe(true);
    // The restarted Redis is empty.
    expect(await isAlive(url, token)).toBe(false);
  });

  test("doesn't wait for a Redis that doesn't answer", async () => {
    const { url } = entry === "node" ? node : worker;
    const token = await tokenFrom(url);
    redis.freeze();
    try {
      const start = Date.now();
      const answer = await call(`${url}/private`, { headers: { Authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(503);
      expect(Date.now() - start).toBeLessThan(4_000);
    } finally {
      redis.thaw();
    }
    await expect.poll(() => isAlive(url, token).catch(() => false)).toBe(true);
  });
});
