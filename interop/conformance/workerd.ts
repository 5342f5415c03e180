import { startRestServer } from "../../test/doubles/rest-server/server.ts";
import { atEnd } from "../../test/support/at-end.ts";
import { startWorker } from "../../test/support/worker.ts";
import { type Client, clientOver } from "./client.ts";
import type { Question } from "./protocol.ts";

/** The bridge in workerd: it is asked by requests, and reaches each Redis through a server of Upstash's protocol. */
export async function startWorkerdClient(): Promise<Client> {
  const origin = await startWorker(new URL("bridges/worker.ts", import.meta.url), {});
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
