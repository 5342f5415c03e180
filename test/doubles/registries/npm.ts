/**
 * A registry with the part of npm's protocol that publishing and installing need. It stores what is published to it, and forwards
 * other requests to the registry that npm is configured to use.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { freePort } from "../../../tools/free-port.ts";

const run = promisify(execFile);

export interface Registry {
  readonly url: string;
  /** What was published, as `name@version`. */
  readonly published: readonly string[];
  close(): void;
}

/** What `npm publish` sends: the package's document with the tarball as an attachment. */
interface Publication {
  readonly versions: Readonly<
    Record<string, { readonly name: string; readonly dist: Record<string, unknown> }>
  >;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

export async function startNpmRegistry(): Promise<Registry> {
  const { stdout } = await run("npm", ["config", "get", "registry"]);
  const upstream = stdout.trim().replace(/\/$/, "");
  const port = await freePort("http");
  const url = `http://127.0.0.1:${port}`;
  const documents = new Map<string, object>();
  const tarballs = new Map<string, Buffer<ArrayBuffer>>();
  const published: string[] = [];

  const app = new Hono();
  app.put("/:name", async (c) => {
    const publication: Publication = await c.req.json();
    for (const [version, manifest] of Object.entries(publication.versions)) {
      const path = `/${manifest.name}/-/${manifest.name}-${version}.tgz`;
      const [attachment] = Object.values(publication._attachments);
      tarballs.set(path, Buffer.from(attachment?.data ?? "", "base64"));
      manifest.dist.tarball = url + path;
      published.push(`${manifest.name}@${version}`);
    }
    documents.set(c.req.param("name"), { ...publication, _attachments: {} });
    return c.json({ ok: true }, 201);
  });
  app.get("*", async (c) => {
    const { pathname } = new URL(c.req.url);
    const tarball = tarballs.get(pathname);
    if (tarball) return c.body(tarball);
    const document = documents.get(pathname.slice(1));
    if (document) return c.json(document);
    const answer = await fetch(upstream + pathname, { headers: { Accept: c.req.header("Accept") ?? "*/*" } });
    return new Response(answer.body, {
      status: answer.status,
      headers: { "Content-Type": answer.headers.get("Content-Type") ?? "application/json" },
    });
  });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port });
  return { url, published, close: () => server.close() };
}
