import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What a proxy does to a connection's traffic. Each of these is one fault; none is a proxy that only carries. */
export interface ProxyFault {
  /** Nobody listens, and what was open is reset. */
  readonly refuses?: true;
  /** New connections are closed at once, and so is what was open. */
  readonly hangsUp?: true;
  /** What was sent is not carried on, and the connection is reset. */
  readonly resetsAtRequest?: true;
  /** The connection is reset in place of the reply. */
  readonly resetsAtReply?: true;
  /** Half of the reply, then a reset. */
  readonly resetsInReply?: true;
  /** Half of the reply, then nothing more for ever: the connection stays open, and deaf. */
  readonly stallsInReply?: true;
  /** Nothing is carried any more, on this connection and on new ones; none is closed. */
  readonly swallows?: true;
  /** Milliseconds by which replies are late. */
  readonly delays?: number;
  /** Replies come byte by byte, in packets of their own. */
  readonly dribbles?: true;
  /** The reply to a command, of whatever name fits. The rest, such as a client's greeting, is carried. */
  readonly answers?: { readonly to: RegExp; readonly with: string };
}

/** A TCP proxy that can be made to fail, and mended. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** From now on, for the connections that are open too. */
  break(fault: ProxyFault): Promise<void>;
  /**
   * Carries again. Connections that had gone deaf or had a wrong answer stay, unless they are to be reset, as by a host
   * that is back.
   */
  mend(spoilt: "stay" | "are reset"): Promise<void>;
  /** How many connections clients hold. */
  held(): number;
  /** How many pieces clients have sent that weren't their greeting. */
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
      // Of several replies in one packet, the first isn't to be whole.
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

/** Not where an end is under way: libuv refuses to reset then, and the handle would stay. */
const reset = (socket: Socket): unknown =>
  socket.writableEnded ? socket.destroy() : socket.resetAndDestroy();

/** How many commands a piece of RESP holds that a client has sent. */
const commandsIn = (text: string): number => Math.max(1, text.match(/^\*\d+\r$/gm)?.length ?? 0);
