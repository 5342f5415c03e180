import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { readCommandsOf } from "./read-commands.ts";
import { createRequestReader, type Words } from "./resp-requests.ts";
import { connectToRedis, type Outcome, type Reply } from "./rest-server/redis-connection.ts";

/** A proxy of a managed Redis, which sends reads to a replica and everything else to the primary. */
export interface SplittingProxy {
  readonly port: number;
  readonly url: string;
  /** The commands that the replica has answered. */
  readonly split: { reads: number };
  close(): void;
}

/** @param timeout - milliseconds until a server counts as unreachable */
export async function splittingProxy(
  primaryUrl: string,
  replicaUrl: string,
  timeout?: number,
): Promise<SplittingProxy> {
  const primary = connectToRedis(primaryUrl, timeout);
  const replica = connectToRedis(replicaUrl, timeout);
  const reads = await readCommandsOf(primary);
  const sockets = new Set<Socket>();
  const split = { reads: 0 };

  async function answer(words: Words): Promise<Outcome> {
    // Clients then go on with the older protocol, as with a server that doesn't have the newer one.
    if (words[0]?.toUpperCase() === "HELLO") return { error: "ERR unknown command 'HELLO'" };
    const command = words.map((word) => Buffer.from(word, "latin1").toString());
    if (!reads.includes(command)) return primary.send(command);
    split.reads++;
    return replica.send(command);
  }

  const server = createServer((socket) => {
    const read = createRequestReader();
    let before: Promise<unknown> = Promise.resolve();
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => {
      for (const words of read(chunk)) {
        const outcome = answer(words).catch((error: Error): Outcome => ({ error: `ERR ${error.message}` }));
        before = before.then(async () => socket.write(encode(await outcome)));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    split,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      primary.close();
      replica.close();
    },
  };
}

/** RESP2. */
const encode = (outcome: Outcome): Buffer =>
  "error" in outcome ? Buffer.from(`-${outcome.error}\r\n`) : encodeReply(outcome.result);

function encodeReply(reply: Reply): Buffer {
  if (reply === null) return Buffer.from("$-1\r\n");
  if (typeof reply === "number") return Buffer.from(`:${reply}\r\n`);
  if (Buffer.isBuffer(reply))
    return Buffer.concat([Buffer.from(`$${reply.length}\r\n`), reply, Buffer.from("\r\n")]);
  return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(encodeReply)]);
}
