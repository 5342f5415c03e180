import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { bearer, call, tokenFrom } from "./client.ts";
import { newSecret, type Service, startService } from "./service.ts";

const NOTICE = /^No Redis is set: sessions live in memory, .*$/gm;
const upstash = {
  UPSTASH_REDIS_REST_URL: "http://127.0.0.1:9",
  UPSTASH_REDIS_REST_TOKEN: "the-token-that-nobody-may-see",
  RWT_SECRET: newSecret(),
};

const printed = (service: Service): Promise<string> =>
  expect
    .poll(service.output, { timeout: 10_000 })
    .toMatch(/GET \/ |sessions in/)
    .then(service.output);

async function goneOutput(service: Service): Promise<string> {
  const state = () =>
    fetch(service.url).then(
      () => "there",
      () => "gone",
    );
  await expect.poll(state, { timeout: 10_000 }).toBe("gone");
  return service.output();
}

describe("npm start", () => {
  test("prints its URL, who can sign in, and in one line that it uses memory, and stops on Ctrl-C", async () => {
    const service = await startService("worker");
    await tokenFrom(service.url);
    const output = await printed(service);
    expect(output).toContain(`${service.url}: sign in as ada, "correct horse battery staple"`);
    expect(output.match(NOTICE)).toHaveLength(1);
    expect(await service.end("SIGINT")).toBe(130);
    await expect(fetch(service.url)).rejects.toThrow("fetch failed");
  });

  test("passes three variables to the Worker, and shows them nowhere", async () => {
    const service = await startService("worker", { ...upstash, NOT_FOR_THE_WORKER: "x" });
    const output = await printed(service);
    expect(output).not.toMatch(NOTICE);
    expect(output).toMatch(/env\.RWT_SECRET/);
    expect(output).not.toContain("NOT_FOR_THE_WORKER");
    const command = await readFile(`/proc/${service.pid}/cmdline`, "utf8").catch(() => "");
    for (const value of Object.values(upstash)) expect(output + command).not.toContain(value);
    // The Worker uses this URL, since nothing answers there: with the memory store this would be a 200.
    const login = await call(`${service.url}/login`, { body: { user: "grace", password: "hopper" } });
    expect([login.status, login.headers.get("Retry-After")]).toEqual([503, "5"]);
  });

  test.each([
    [{ UPSTASH_REDIS_REST_URL: upstash.UPSTASH_REDIS_REST_URL }, /UPSTASH_REDIS_REST_TOKEN is not: set both/],
    [{ ...upstash, RWT_SECRET: "" }, /RWT_SECRET is not set\. .*openssl rand/],
  ])("doesn't start on settings that are wrong, and says why", async (variables, message) => {
    // It may or may not be seen serving before it ends.
    const output = await startService("worker", variables).then(goneOutput, (error: Error) => error.message);
    expect(output).toMatch(message);
    for (const value of Object.values(upstash)) expect(output).not.toContain(value);
  });

  test("says in one line that its port is taken", async () => {
    const server = createServer((_, response) => response.writeHead(404).end()).listen(0, "localhost");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const second = startService("worker", { PORT: String(port) });
    await expect(second).rejects.toThrow(/^It ended with 1:\nlisten EADDRINUSE.*npm start -- --port 8788\n$/);
    server.close();
  });
});

describe.each(["node", "deno", "bun"] as const)("%s", (entry) => {
  test("prints that it uses memory, and stops on Ctrl-C and on SIGTERM", async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const service = await startService(entry);
      await tokenFrom(service.url);
      expect((await printed(service)).match(NOTICE)).toHaveLength(1);
      expect(await service.end(signal)).toBe(0);
    }
  });

  test("stops quickly even if an open page listens for the end of its session", async () => {
    const service = await startService(entry);
    const live = await call(`${service.url}/live`, bearer(await tokenFrom(service.url)));
    const asked = Date.now();
    expect(await service.end("SIGTERM")).toBe(0);
    expect(Date.now() - asked).toBeLessThan(4_000);
    await live.text().catch(() => {});
  });

  test.each([{ HOST: "0.0.0.0" }, { NODE_ENV: "production" }])(
    "has no users with public passwords if others can connect: %o",
    async (variables) => {
      await expect(startService(entry, variables)).rejects.toThrow(
        /^It ended with 1:\n.*DEMO_USERS is not set/s,
      );
    },
  );

  test("doesn't start on settings that are wrong, and says why", async () => {
    const { UPSTASH_REDIS_REST_TOKEN } = upstash;
    const refused = startService(entry, { UPSTASH_REDIS_REST_TOKEN });
    await expect(refused).rejects.toThrow(/^It ended with 1:\n.*UPSTASH_REDIS_REST_URL is not: set both/s);
    await expect(refused).rejects.not.toThrow(UPSTASH_REDIS_REST_TOKEN);
  });
});
