/** The handlers of docs/frameworks, each in the real framework. Next runs in the matrix. */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { unstable_startWorker as startWorker } from "wrangler";
import { root } from "../../tools/entries.ts";
import { blockWith, SURROUNDINGS } from "../support/pages.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

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
  const text = (value: string) => ({ type: "plain_text" as const, value });
  fileWith("worker.ts", blockWith('from "cloudflare:workers"'));
  const worker = await startWorker({
    config: fileWith(
      "wrangler.json",
      JSON.stringify({ name: "rwt-docs", main: "worker.ts", compatibility_date: "2026-10-01" }),
    ),
    bindings: {
      UPSTASH_REDIS_REST_URL: text(rest.url),
      UPSTASH_REDIS_REST_TOKEN: text(rest.token),
      RWT_SECRET: text("a secret of the tests, 32 bytes or more"),
    },
    dev: { logLevel: "none", server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false },
  });
  try {
    const { origin } = await worker.url;
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
  } finally {
    await worker.dispose();
  }
});

describe("Node's own request and response", () => {
  test("in Express", async () => {
    const entry = fileWith(
      "express-entry.ts",
      'export * from "./express.ts"; export { rwt } from "./auth.ts";',
    );
    fileWith("express.ts", blockWith('// app.use("/private", requireSession)', "docs/frameworks/express.md"));
    const outfile = join(folder, "express.mjs");
    await build({ entryPoints: [entry], outfile, bundle: true, packages: "bundle", format: "esm" });
    const { requireSession, logIn, logOut, rwt } = await import(pathToFileURL(outfile).href);
    // Express 4 has no types of its own.
    const { default: express } = await import("express" as string);
    const app = express();
    app.post("/login", logIn);
    app.post("/logout", logOut);
    app.use("/private", requireSession);
    app.get(
      "/private/me",
      (_: unknown, res: { locals: { session: { data: object } }; json(o: object): void }) =>
        res.json(res.locals.session.data),
    );
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const url = `${origin}/private/me`;
    try {
      const refused = await fetch(url);
      expect([refused.status, refused.headers.get("WWW-Authenticate")]).toEqual([401, 'Bearer realm="api"']);
      const token = await rwt.sign({ id: "42" });
      for (const headers of [{ Authorization: `Bearer ${token}` }, { Cookie: `__Host-rwt=${token}` }]) {
        const answer = await fetch(url, { headers });
        expect(await answer.json()).toEqual({ id: "42" });
        expect(answer.headers.get("Cache-Control")).toBe("no-store");
      }
      await rwt.destroy(token);
      expect((await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401);

      const login = await fetch(`${origin}/login`, { method: "POST" });
      const headers = { Cookie: login.headers.get("Set-Cookie")?.split(";")[0] ?? "" };
      expect(await (await fetch(url, { headers })).json()).toEqual(await login.json());
      const foreign = { ...headers, Origin: "https://evil.example" };
      expect((await fetch(`${origin}/logout`, { method: "POST", headers: foreign })).status).toBe(403);
      expect(await (await fetch(`${origin}/logout`, { method: "POST", headers })).json()).toEqual({
        ended: true,
      });
      expect((await fetch(url, { headers })).status).toBe(401);
    } finally {
      server.close();
    }
  });
});
