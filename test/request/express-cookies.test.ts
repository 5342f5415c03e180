/** The Express code of docs/frameworks, in Express itself, among cookies that others set. */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { blockWith } from "../support/pages.ts";

// Within the project, where the package's name means the package.
mkdirSync(join(root, "dist"), { recursive: true });
const folder = mkdtempSync(join(root, "dist/.express-cookies-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Each refusal sets two cookies. */
const AUTH = `
  import { createRwt } from "redis-web-token";
  import { memoryStore } from "redis-web-token/memory";
  import { requestAuth } from "redis-web-token/request";

  export const rwt = createRwt<{ id: string }>({ store: memoryStore(), secret: "s".repeat(32) });
  export const { authenticate, signIn, signOut } = requestAuth({
    rwt,
    from: ["cookie"],
    onFailure(_, { dropCookie }) {
      const answer = dropCookie();
      answer.headers.append("Set-Cookie", "notice=expired; Path=/");
      return answer;
    },
  });`;

test("a refusal's cookies are all sent, beside one that was set before", async () => {
  writeFileSync(join(folder, "auth.ts"), AUTH);
  writeFileSync(
    join(folder, "express.ts"),
    blockWith('// app.use("/private", requireSession)', "docs/frameworks/express.md"),
  );
  writeFileSync(join(folder, "entry.ts"), 'export * from "./express.ts"; export { rwt } from "./auth.ts";');
  const outfile = join(folder, "express.mjs");
  const entryPoints = [join(folder, "entry.ts")];
  await build({ entryPoints, outfile, bundle: true, packages: "bundle", format: "esm" });
  const { requireSession, rwt } = await import(pathToFileURL(outfile).href);
  // Express 4 has no types of its own.
  const { default: express } = await import("express" as string);
  const app = express();
  app.use((_: unknown, res: { cookie(name: string, value: string): void }, next: () => void) => {
    res.cookie("csrf", "abc");
    next();
  });
  app.get("/private", requireSession, (_: unknown, res: { send(text: string): void }) => res.send("in"));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/private`;
  try {
    const token = await rwt.sign({ id: "42" });
    const headers = { Cookie: `__Host-rwt=${token}` };
    expect((await fetch(url, { headers })).headers.getSetCookie()).toEqual(["csrf=abc; Path=/"]);
    await rwt.destroy(token);
    const refused = await fetch(url, { headers });
    expect([refused.status, refused.headers.get("WWW-Authenticate")]).toEqual([
      401,
      expect.stringContaining("invalid_token"),
    ]);
    expect(refused.headers.getSetCookie()).toEqual([
      "csrf=abc; Path=/",
      "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
      "notice=expired; Path=/",
    ]);
    expect(refused.headers.get("Cache-Control")).toBe("no-store");
  } finally {
    server.close();
  }
});
