import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { atEnd } from "../support/at-end.ts";

/** What happens to one of an operation's requests. */
export type StepFault =
  /** It isn't forwarded, and the connection is reset. */
  | "before"
  /** It is carried out, and the connection is reset instead of sending the reply. */
  | "after"
  /** It is held back until `release`, even if the client has given up: a late write. */
  | "late"
  /** It isn't forwarded, and this is sent as the reply. */
  | { readonly replies: string };

/** A TCP proxy that fails at a given request of an operation. */
export interface StepProxy {
  readonly port: number;
  /** Starts counting requests at 1, and fails at this one. Without a fault it never fails. */
  arm(at: number, fault?: StepFault): void;
  /** The number of requests since then. */
  requests(): number;
  /** Whether the fault has happened. */
  hasFailed(): boolean;
  /** Forwards what was held back, and waits for the replies. */
  release(): Promise<void>;
}

/** A client's greeting. It doesn't count as a request. */
const NO_REQUEST = /^\*\d+\r\n\$\d+\r\n(HELLO|AUTH|CLIENT|INFO|SELECT|COMMAND)\b/i;

/** @param isHttp - if true, a request is a chunk that begins with `POST` */
export async function stepProxy(targetPort: number, isHttp: boolean): Promise<StepProxy> {
  let step: { at: number; fault: StepFault | undefined } = { at: 0, fault: undefined };
  let requests = 0;
  let failed = false;
  let held: (() => Promise<void>)[] = [];
  const open = new Set<Socket>();

  const isRequest = (text: string): boolean => (isHttp ? /^POST /.test(text) : !NO_REQUEST.test(text));

  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    /** Whether chunks on this connection are held back, and whether replies are dropped. */
    let isHolding = false;
    let dropsReplies = false;
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      open.add(socket);
      socket.on("close", () => open.delete(socket));
    }
    // What is held back is forwarded even if the client has disconnected.
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

/** The number of commands in a chunk of RESP. */
const commandsIn = (text: string): number => text.match(/^\*\d+\r$/gm)?.length ?? 0;
