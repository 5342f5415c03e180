import { setTimeout as sleep } from "node:timers/promises";
import { ioredisStore } from "redis-web-token/ioredis";
import { createApp } from "./app.ts";
import { demoVariables } from "./demo-users.ts";
import { readSettings } from "./settings.ts";

/** How long pending requests may take when the process stops. A limit, since the event streams of open pages last longer. */
const GRACE_MS = 1_000;

/** What Node, Deno and Bun share: a process with its environment and its shutdown. */
export interface ExampleProcess {
  /**
   * @param address - the client's IP address. Behind a proxy this is the proxy's address: use the proxy's header then, and only then
   */
  fetch(request: Request, address: string | undefined): Response | Promise<Response>;
  readonly hostname: string;
  readonly port: number;
  /** Prints the URL, and on Ctrl-C or SIGTERM stops first the server and then the store. */
  started(port: number, stopServer: () => Promise<unknown>): void;
}

export function exampleProcess(): ExampleProcess {
  const { env } = process;
  const { HOST, PORT } = env;
  const settings = readSettings({ ...env, ...(env.DEMO_USERS ? {} : demoVariables(env)) }, ioredisStore);
  const app = createApp(
    () => settings,
    (c) => String(c.env.address),
  );
  return {
    fetch: (request, address) => app.fetch(request, { address }),
    // In a container, set HOST=0.0.0.0 and DEMO_USERS.
    hostname: HOST || "127.0.0.1",
    port: Number(PORT || 8787),
    started(port, stopServer) {
      console.log(`http://localhost:${port} · sessions in ${settings.storeName}`);
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, async () => {
          await Promise.race([stopServer(), sleep(GRACE_MS)]);
          await Promise.all([settings.rwt.disconnect(), settings.watch.disconnect()]);
          process.exit();
        });
      }
    },
  };
}
