import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A port of 127.0.0.1 that nobody listens on. The ranges lie below those that systems take the ports of outgoing
 * connections from, so that it stays free over a restart; and so does the Redis range + 10,000, where a server with
 * --cluster-enabled has its bus.
 */
export async function freePort(range: "redis" | "http"): Promise<number> {
  const [from, to] = range === "redis" ? ([12_000, 22_000] as const) : ([22_100, 32_000] as const);
  for (;;) {
    const port = randomInt(from, to);
    const server = createServer();
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return port;
    } catch {
      // Taken: try another.
    } finally {
      server.close();
    }
  }
}
