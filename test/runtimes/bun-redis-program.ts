/** Runs in Bun. Reads an operation's name from each line of stdin, and prints its result. */
import { createRwt, StoreUnavailableError } from "redis-web-token";
import { bunRedisStore } from "redis-web-token/bun";

declare const Bun: {
  RedisClient: new (
    url: string,
  ) => {
    connected: boolean;
    connect(): Promise<void>;
    send(c: string, a: string[]): Promise<unknown>;
    close(): void;
  };
};
declare const process: {
  readonly argv: string[];
  readonly stdin: AsyncIterable<Uint8Array>;
  exit(code: number): never;
};

const [, , url = "", whose] = process.argv;
const target = whose === "yours" ? new Bun.RedisClient(url) : url;
const rwt = createRwt({
  store: bunRedisStore(target, { timeout: 700 }),
  secret: "a secret of the tests, 32 bytes or more",
});
let token = "";

const operations: Record<string, () => Promise<unknown>> = {
  async sign() {
    token = await rwt.sign({ name: "Zoë 🎟" }, { subject: "42" });
    return "signed";
  },
  verify: async () => (await rwt.verify(token))?.data ?? null,
  extend: () => rwt.extend(token),
  destroy: () => rwt.destroy(token),
  connect: async () => (await rwt.connect()) ?? "connected",
  disconnect: async () => (await rwt.disconnect()) ?? "disconnected",
  usable: async () => typeof target !== "string" && (await target.send("PING", [])) === "PONG",
};

for await (const chunk of process.stdin) {
  for (const line of new TextDecoder().decode(chunk).trim().split("\n")) {
    const answer = await operations[JSON.parse(line).op as string]?.().catch((error: unknown) =>
      error instanceof StoreUnavailableError
        ? { reason: error.reason, shown: `${error.message} ${error.cause}` }
        : { other: String(error) },
    );
    console.log(JSON.stringify(answer));
  }
}
process.exit(0);
