import { setTimeout as sleep } from "node:timers/promises";
import { ioredisStore } from "redis-web-token/ioredis";
import { createApp } from "./app.ts";
import { demoVariables } from "./demo-users.ts";
import { readSettings } from "./settings.ts";

/** How long the requests that are under way have when it stops; the event streams of open pages last longer. */
const GRACE_MS = 1_000;

/** What the entries for Node, Deno and Bun share: a process, with its environment and its end. */
export interface ExampleProcess {
  /**
   * @param address - that the request comes from. Behind a proxy it is the proxy's: take its header then, and only then
   */
  fetch(request: Request, address: string | undefined): Response | Promise<Response>;
  readonly hostname: string;
  readonly port: number;
  /** Says where it is to be found, and stops it on Ctrl-C or SIGTERM: first the server, then the store. */
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
    // Set HOST=0.0.0.0 in a container, and DEMO_USERS with it.
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
