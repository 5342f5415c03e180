/** The handlers of docs/frameworks, in the real thing. Express has tests of its own, and Next runs in the matrix. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { blockWith, SURROUNDINGS } from "../support/pages.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { startWorker } from "../support/worker.ts";

// Within the project, where the package's name means the package.
mkdirSync(join(root, "dist"), { recursive: true });
const folder = mkdtempSync(join(root, "dist/.frameworks-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fileWith = (name: string, code: string): string => {
  writeFileSync(join(folder, name), code);
  return join(folder, name);
};
for (const [name, code] of Object.entries(SURROUNDINGS)) fileWith(name, code);

test("a bare Worker signs in, lets in and signs out, by token and by cookie", async () => {
  const rest = await ownRest(await ownRedis());
  const file = fileWith("worker.ts", blockWith('from "cloudflare:workers"'));
  const origin = await startWorker(pathToFileURL(file), {
    variables: {
      UPSTASH_REDIS_REST_URL: rest.url,
      UPSTASH_REDIS_REST_TOKEN: rest.token,
      RWT_SECRET: "a secret of the tests, 32 bytes or more",
    },
  });
  expect((await fetch(origin)).status).toBe(401);
  const login = await fetch(`${origin}/login`, { method: "POST" });
  const { token } = (await login.json()) as { token: string };
  const carriers = [
    { Authorization: `Bearer ${token}` },
    { Cookie: login.headers.get("Set-Cookie")?.split(";")[0] ?? "" },
  ];
  for (const headers of carriers) {
    expect(await (await fetch(origin, { headers })).json()).toEqual({ id: "42" });
  }
  const logout = await fetch(`${origin}/logout`, { method: "POST", headers: carriers[1] ?? {} });
  expect(await logout.json()).toEqual({ ended: true });
  for (const headers of carriers) expect((await fetch(origin, { headers })).status).toBe(401);
});
