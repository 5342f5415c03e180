import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Finds a port of 127.0.0.1 that no process listens on. The ranges lie below the ports that operating systems use for outgoing
 * connections, so that the port stays free during a restart. The same is true of the Redis range + 10,000, where a server with
 * --cluster-enabled has its cluster bus.
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
