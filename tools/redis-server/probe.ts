import { connect } from "node:net";

const PROBE_TIMEOUT_MS = 1_000;

/** Asks the Redis on a port for its pid. `undefined` if no Redis answers. */
export function probe(port: number, password?: string): Promise<number | "needs a password" | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const answer = (value: number | "needs a password" | undefined) => {
      socket.destroy();
      resolve(value);
    };
    let received = "";
    socket.setTimeout(PROBE_TIMEOUT_MS, () => answer(undefined));
    socket.once("error", () => answer(undefined));
    socket.once("close", () => answer(undefined));
    socket.once("connect", () => {
      if (password) socket.write(encode(["AUTH", password]));
      socket.write(encode(["INFO", "server"]));
    });
    socket.on("data", (chunk) => {
      received += chunk.toString();
      const pid = /process_id:(\d+)\r\n/.exec(received)?.[1];
      if (pid) answer(Number(pid));
      else if (received.includes("-NOAUTH")) answer("needs a password");
    });
  });
}

function encode(command: string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("")}`;
}
