/**
 * A registry with the part of JSR's protocol that `deno publish` and Deno's imports need. It serves exactly the sources that
 * `deno publish` uploads, which contain rewritten imports.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { freePort } from "../../../tools/free-port.ts";
import type { Registry } from "./npm.ts";

const run = promisify(execFile);
const PACKAGE = "/:scope{@[^/]+}/:name";
const IN_API = "/api/scopes/:scope/packages/:name";

export async function startJsrRegistry(): Promise<Registry> {
  const port = await freePort("http");
  const folder = mkdtempSync(join(tmpdir(), "rwt-jsr-"));
  const published: string[] = [];
  const folderOf = (name: string, version: string) => join(folder, `${name.replace("/", "+")}@${version}`);

  const app = new Hono();
  app.get(IN_API, (c) => c.json({ scope: c.req.param("scope"), name: c.req.param("name") }));
  app.post(`${IN_API}/versions/:version`, async (c) => {
    const { scope, name, version } = c.req.param();
    const into = folderOf(`@${scope}/${name}`, version);
    mkdirSync(into);
    writeFileSync(`${into}.tgz`, new Uint8Array(await c.req.arrayBuffer()));
    await run("tar", ["xzf", `${into}.tgz`, "-C", into]);
    published.push(`@${scope}/${name}@${version}`);
    return c.json({ id: "00000000-0000-0000-0000-000000000001", status: "success", error: null });
  });
  app.get("/api/*", (c) => c.json({ code: "notFound", message: "not published" }, 404));

  app.get(`${PACKAGE}/meta.json`, (c) => {
    const { scope, name } = c.req.param();
    const versions = published
      .filter((known) => known.startsWith(`${scope}/${name}@`))
      .map((known) => known.slice(known.lastIndexOf("@") + 1));
    if (versions.length === 0) return c.notFound();
    return c.json({
      scope: scope.slice(1),
      name,
      latest: versions.at(-1),
      versions: Object.fromEntries(versions.map((version) => [version, {}])),
    });
  });
  app.get(`${PACKAGE}/:file{[^/]+_meta.json}`, (c) => {
    const { scope, name, file } = c.req.param();
    const from = folderOf(`${scope}/${name}`, file.replace("_meta.json", ""));
    const { exports } = JSON.parse(readFileSync(join(from, "jsr.json"), "utf8"));
    return c.json({ manifest: manifestOf(from), exports });
  });
  app.get(`${PACKAGE}/:version/*`, (c) => {
    const { scope, name, version } = c.req.param();
    const path = new URL(c.req.url).pathname.split("/").slice(4).join("/");
    const type = path.endsWith(".ts") ? "text/typescript" : "application/octet-stream";
    return c.body(readFileSync(join(folderOf(`${scope}/${name}`, version), path)), {
      headers: { "Content-Type": type },
    });
  });

  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port });
  return {
    url: `http://127.0.0.1:${port}`,
    published,
    close() {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The sizes and digests against which Deno checks each file. */
function manifestOf(folder: string): Record<string, { size: number; checksum: string }> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
  const entries = files.map((file) => {
    const content = readFileSync(join(folder, file));
    const checksum = `sha256-${createHash("sha256").update(content).digest("hex")}`;
    return [`/${file}`, { size: content.length, checksum }] as const;
  });
  return Object.fromEntries(entries);
}
