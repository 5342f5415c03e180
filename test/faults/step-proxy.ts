import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { atEnd } from "../support/at-end.ts";

/** What happens to one request of an operation. */
export type StepFault =
  /** It isn't carried on; the connection is reset. */
  | "before"
  /** It is carried out; the connection is reset in place of the reply. */
  | "after"
  /** It is held back until `release`, whoever has given up meanwhile: a late write. */
  | "late"
  /** It isn't carried on, and this stands for the reply. */
  | { readonly replies: string };

/** A TCP proxy that can be told to fail at one request of those that an operation makes. */
export interface StepProxy {
  readonly port: number;
  /** Counts requests anew, and fails at this one; at none without a fault. */
  arm(at: number, fault?: StepFault): void;
  /** How many requests have come since. */
  requests(): number;
  /** Whether the fault has happened. */
  hasFailed(): boolean;
  /** Carries on what is held back, and waits until it is answered. */
  release(): Promise<void>;
}

/** A client's greeting, or what comes of HTTP's body. */
const NO_REQUEST = /^\*\d+\r\n\$\d+\r\n(HELLO|AUTH|CLIENT|INFO|SELECT|COMMAND)\b/i;

/** @param isHttp - then a request is what begins with a method */
export async function stepProxy(targetPort: number, isHttp: boolean): Promise<StepProxy> {
  let step: { at: number; fault: StepFault | undefined } = { at: 0, fault: undefined };
  let requests = 0;
  let failed = false;
  let held: (() => Promise<void>)[] = [];
  const open = new Set<Socket>();

  const isRequest = (text: string): boolean => (isHttp ? /^POST /.test(text) : !NO_REQUEST.test(text));

  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    /** Whether what comes on this connection is held back, or its replies dropped. */
    let isHolding = false;
    let dropsReplies = false;
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      open.add(socket);
      socket.on("close", () => open.delete(socket));
    }
    // What is held back is carried on though the client has left.
    client.on("close", () => void (isHolding || target.destroy()));
    target.on("close", () => client.destroy());
    target.on("data", (reply: Buffer) => {
      if (!dropsReplies) return void client.write(reply);
      client.resetAndDestroy();
    });
    client.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      if (isHolding) return void held.push(async () => void target.write(chunk));
      if (!isRequest(text)) return void target.write(chunk);
      requests++;
      const { at, fault } = step;
      if (fault === undefined || requests !== at) return void target.write(chunk);
      failed = true;
      if (fault === "before") return void client.resetAndDestroy();
      if (fault === "after") {
        dropsReplies = true;
        target.write(chunk);
      } else if (fault === "late") {
        isHolding = true;
        held.push(async () => {
          target.write(chunk);
          await once(target, "data");
          target.destroy();
        });
      } else client.write(fault.replies.repeat(isHttp ? 1 : Math.max(1, commandsIn(text))));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    arm(at, fault) {
      step = { at, fault };
      requests = 0;
      failed = false;
    },
    requests: () => requests,
    hasFailed: () => failed,
    async release() {
      const all = held;
      held = [];
      for (const carryOn of all.reverse()) await carryOn();
    },
  };
}

/** How many commands a piece of RESP holds. */
const commandsIn = (text: string): number => text.match(/^\*\d+\r$/gm)?.length ?? 0;
