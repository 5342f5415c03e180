import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A fault of the proxy. Set one of these, or none for a proxy that just forwards. */
export interface ProxyFault {
  /** Stops listening and resets open connections. */
  readonly refuses?: true;
  /** Closes new connections at once, and resets open ones. */
  readonly hangsUp?: true;
  /** Drops the request and resets the connection. */
  readonly resetsAtRequest?: true;
  /** Resets the connection instead of sending the reply. */
  readonly resetsAtReply?: true;
  /** Sends half of the reply, then resets the connection. */
  readonly resetsInReply?: true;
  /** Sends half of the reply, then nothing more. The connection stays open, but is deaf. */
  readonly stallsInReply?: true;
  /** Forwards nothing any more, on open and on new connections, but closes none. */
  readonly swallows?: true;
  /** Delays replies by this many milliseconds. */
  readonly delays?: number;
  /** Sends replies byte by byte, each in its own packet. */
  readonly dribbles?: true;
  /** Sends this reply to commands that match `to`. Forwards all others, such as a client's greeting. */
  readonly answers?: { readonly to: RegExp; readonly with: string };
}

/** A TCP proxy that fails on demand. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Starts a fault, for open connections too. */
  break(fault: ProxyFault): Promise<void>;
  /** Forwards again. Connections that are deaf or got a wrong reply stay so, or are reset, as by a host that has restarted. */
  mend(spoilt: "stay" | "are reset"): Promise<void>;
  /** The number of open client connections. */
  held(): number;
  /** The number of chunks that clients have sent, without their greetings. */
  requests(): number;
}

const GREETING = /^\*\d+\r\n\$\d+\r\n(HELLO|AUTH|CLIENT|INFO|SELECT|COMMAND)\b/i;

export async function faultProxy(targetPort: number): Promise<FaultProxy> {
  const near = new Set<Socket>();
  const deaf = new WeakSet<Socket>();
  const misled = new WeakSet<Socket>();
  let fault: ProxyFault = {};
  let requests = 0;

  const server = createServer((client) => {
    if (fault.hangsUp) return void client.destroy();
    const target = connect(targetPort, "127.0.0.1");
    near.add(client);
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
    }
    client.on("close", () => {
      near.delete(client);
      target.destroy();
    });
    target.on("close", () => client.destroy());
    client.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      if (!GREETING.test(text)) requests++;
      if (fault.swallows) deaf.add(client);
      if (deaf.has(client)) return;
      if (fault.resetsAtRequest) return void reset(client);
      if (fault.answers?.to.test(text)) {
        misled.add(client);
        return void client.write(Buffer.from(fault.answers.with.repeat(commandsIn(text)), "latin1"));
      }
      target.write(chunk);
    });
    let carried = Promise.resolve();
    target.on("data", (chunk: Buffer) => {
      carried = carried.then(() => carry(client, chunk)).catch(() => {});
    });
  });

  async function carry(client: Socket, reply: Buffer): Promise<void> {
    if (deaf.has(client)) return;
    if (fault.resetsAtReply) return void reset(client);
    if (fault.resetsInReply || fault.stallsInReply) {
      deaf.add(client);
      // If a packet has several replies, cut within the first.
      const isBulk = /^[$*]/.test(String.fromCharCode(reply[0] ?? 0));
      const half = Math.min(reply.length >> 1, isBulk ? reply.length : reply.indexOf("\r"));
      return void client.write(reply.subarray(0, half), () => void (fault.stallsInReply || reset(client)));
    }
    if (fault.delays !== undefined) await sleep(fault.delays);
    if (!fault.dribbles) return void client.write(reply);
    for (const byte of reply) {
      client.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
  }

  const resetAll = (which: (socket: Socket) => boolean): void => {
    for (const socket of near) if (which(socket)) reset(socket);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    port,
    async break(next) {
      fault = next;
      if (next.refuses) server.close();
      if (next.refuses || next.hangsUp) resetAll(() => true);
      if (next.swallows) for (const socket of near) deaf.add(socket);
    },
    async mend(which) {
      fault = {};
      if (which === "are reset") resetAll((socket) => deaf.has(socket) || misled.has(socket));
      if (server.listening) return;
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    held: () => near.size,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      resetAll(() => true);
      server.close();
    },
  };
}

/** If the socket is ending, it is destroyed instead: libuv refuses to reset it, and the handle would leak. */
const reset = (socket: Socket): unknown =>
  socket.writableEnded ? socket.destroy() : socket.resetAndDestroy();

/** The number of commands in a chunk of a client's RESP. */
const commandsIn = (text: string): number => Math.max(1, text.match(/^\*\d+\r$/gm)?.length ?? 0);
