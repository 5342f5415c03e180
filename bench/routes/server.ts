/** Serves one route in its own process. `startRoute` in ./start.ts forks it with the framework, the route's number and Redis's URL. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Framework, Route } from "../lib/peer.ts";
import { signMany } from "../lib/stage.ts";
import { type RoutePeer, routes } from "./index.ts";
import { SESSIONS, type Started } from "./start.ts";

// @hono/session prints each cookie that it rejects.
console.error = () => {};

const [framework = "", number, redisUrl = ""] = process.argv.slice(2);
const peer = await routes[framework as Framework]?.[Number(number)]?.(redisUrl);
if (!peer) throw new Error("no such route");
process.send?.(peer.route ? await serve(peer, peer.route) : null);
// Any message asks for the CPU time that the process has used.
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on("disconnect", () => process.exit());

async function serve(peer: RoutePeer, { path = "", listener, headers }: Route): Promise<Started> {
  const server = createServer(listener());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { name, kind } = peer;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`;
  return { name, kind, url, headers: (await signMany(peer, SESSIONS)).map(headers) };
}
