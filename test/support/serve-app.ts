import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { atEnd } from "./at-end.ts";

/** Serves an app over HTTP on 127.0.0.1 until the end of the test or the file. Returns its origin. */
export async function serveApp(app: Pick<Hono, "fetch">): Promise<string> {
  // Don't replace the global Request and Response of the test's process.
  const server = createServer(
    getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
