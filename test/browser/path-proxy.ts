import { once } from "node:events";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { atEnd } from "../support/at-end.ts";

/**
 * One origin for several services: /python/me goes to the service of "python" as /me, and a path without such a name to `rest`.
 * Browsers take http://localhost for secure, so that it may set `__Host-` cookies.
 */
export async function pathProxy(services: Readonly<Record<string, string>>, rest: string): Promise<string> {
  const server = createServer((request, response) => {
    const [, first = ""] = (request.url ?? "/").split("/");
    const service = services[first];
    const path = service === undefined ? request.url : request.url?.slice(first.length + 1);
    const { hostname, port } = new URL(service ?? rest);
    // Host stays, as the service's CSRF check compares it with Origin.
    const { method = "GET", headers } = request;
    const sent = send({ hostname, port, path, method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    sent.on("error", () => response.destroy());
    request.pipe(sent);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}
