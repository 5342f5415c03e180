import { fileURLToPath } from "node:url";
import { unstable_startWorker } from "wrangler";
import { startRestServer } from "../../test/doubles/rest-server/server.ts";
import { atEnd } from "../../test/support/at-end.ts";
import { type Client, clientOver } from "./client.ts";
import type { Question } from "./protocol.ts";

const bridge = (name: string) => fileURLToPath(new URL(`bridges/${name}`, import.meta.url));

/** The bridge in workerd: it is asked by requests, and reaches each Redis through a server of Upstash's protocol. */
export async function startWorkerdClient(): Promise<Client> {
  const worker = await unstable_startWorker({
    config: bridge("wrangler.toml"),
    entrypoint: bridge("worker.ts"),
    dev: { logLevel: "none", server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false },
  });
  atEnd(() => worker.dispose());
  const origin = await worker.url;
  const servers = new Map<string, ReturnType<typeof startRestServer>>();
  atEnd(async () => {
    for (const server of servers.values()) await (await server).close();
  });
  const restOf = async (redisUrl: string) => {
    const server = servers.get(redisUrl) ?? startRestServer({ redisUrl });
    servers.set(redisUrl, server);
    const { url, token } = await server;
    return { url, token };
  };
  return clientOver("workerd", async ({ service, ...rest }: Question) => {
    const reached = service && { service: { ...service, rest: await restOf(service.redis) } };
    const answer = await fetch(origin, { method: "POST", body: JSON.stringify({ ...rest, ...reached }) });
    return answer.json();
  });
}
