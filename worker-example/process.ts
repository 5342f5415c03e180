import type { Hono } from "hono";
import { ioredisStore } from "redis-web-token/ioredis";
import { createApp } from "./app.ts";
import { demoUsers } from "./demo-users.ts";
import { readSettings } from "./settings.ts";

/** What the entries for Node, Deno and Bun share: a process, with its environment and its end. */
export interface ExampleProcess {
  readonly fetch: Hono["fetch"];
  readonly hostname: string;
  readonly port: number;
  /** Says where it is to be found, and stops it on Ctrl-C or SIGTERM: first the server, then the store. */
  started(port: number, stopServer: () => Promise<unknown>): void;
}

export function exampleProcess(): ExampleProcess {
  const { env } = process;
  const { HOST, PORT } = env;
  const settings = readSettings({ ...env, DEMO_USERS: env.DEMO_USERS || demoUsers() }, ioredisStore);
  return {
    fetch: createApp(() => settings).fetch,
    // Set HOST=0.0.0.0 in a container.
    hostname: HOST || "127.0.0.1",
    port: Number(PORT || 8787),
    started(port, stopServer) {
      console.log(`http://localhost:${port} · sessions in ${settings.storeName}`);
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, async () => {
          await stopServer();
          await settings.rwt.disconnect();
        });
      }
    },
  };
}
