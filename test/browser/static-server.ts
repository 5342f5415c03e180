import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { freePort } from "../../tools/free-port.ts";
import { atEnd } from "../support/at-end.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * Serves a folder under a path, as web hosts do: `/a` is a.html, and `/a/` is a/index.html.
 *
 * @returns the address of the folder, with a slash at the end
 */
export async function serveFolder(folder: string, base: string): Promise<string> {
  const server = createServer(async ({ url = "" }, response) => {
    const path = decodeURI(new URL(url, "http://localhost").pathname);
    const file = path.startsWith(base) ? fileOf(path.slice(base.length)) : "";
    try {
      const content = await readFile(join(folder, normalize(`/${file}`)));
      response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  const port = await freePort("http");
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => server.close());
  return `http://127.0.0.1:${port}${base}`;
}

function fileOf(path: string): string {
  if (path === "" || path.endsWith("/")) return `${path}index.html`;
  return extname(path) === "" ? `${path}.html` : path;
}
