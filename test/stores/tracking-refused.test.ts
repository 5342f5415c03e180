/** The words by which servers, proxies and rights refuse client tracking, or RESP3 before it: calls go on without. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { createRequestReader, type Words } from "../doubles/resp-requests.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const secret = "a secret of the tests, 32 bytes or more";

/** A Redis behind a proxy that answers some commands itself, by an error. */
async function refusing(name: string, error: string): Promise<string> {
  const refused = ([first = ""]: Words): boolean => first.toUpperCase() === name;
  const server = createServer((near) => {
    const far = connect(redis.port, "127.0.0.1");
    for (const socket of [near, far]) socket.on("error", () => {});
    near.on("close", () => far.destroy());
    const read = createRequestReader();
    /** What comes before the answers to what was sent on, in their order: only one of both is under way at a time. */
    let queue = Promise.resolve();
    far.pause();
    near.on("data", (chunk: Buffer) => {
      for (const words of read(chunk))
        queue = queue.then(async () => {
          if (refused(words)) {
            near.write(`-${error}\r\n`);
            return;
          }
          const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
          far.write(Buffer.from(`*${words.length}\r\n${parts.join("")}`, "latin1"));
          far.resume();
          const [reply] = (await once(far, "data")) as [Buffer];
          near.write(reply);
        });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => server.close());
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ["HELLO", "NOPROTO unsupported protocol version"],
  ["HELLO", "ERR unknown command 'HELLO', with args beginning with: '3' "],
  ["HELLO", "ERR unsupported command `hello`"],
  ["HELLO", "NOPERM this user has no permissions to run the 'hello' command or its subcommand"],
  ["CLIENT", "ERR unknown command `CLIENT`, with args beginning with: `TRACKING`, `ON`, "],
  ["CLIENT", "ERR unsupported command `client`"],
  ["CLIENT", "NOPERM this user has no permissions to run the 'client' command or its subcommand"],
  ["CLIENT", "NOPERM User ada has no permissions to run the 'client|tracking' command"],
])("%s: %s", async (name, error) => {
  let told = 0;
  const store = nodeRedisStore(await refusing(name, error), {
    timeout: 1500,
    cache: { ttl: 600, onUntracked: () => told++ },
  });
  await using rwt = createRwt({ store, secret });
  const token = await rwt.sign(1);
  expect(await rwt.verify(token)).toMatchObject({ data: 1 });
  expect(told).toBe(1);
});

test("a server that has no room for one more client refuses the call, and not tracking", async () => {
  let told = 0;
  const store = nodeRedisStore(await refusing("HELLO", "ERR max number of clients reached"), {
    timeout: 1000,
    cache: { ttl: 600, onUntracked: () => told++ },
  });
  await using rwt = createRwt({ store, secret });
  await expect(rwt.sign(1)).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
  expect(told).toBe(0);
});

test("a server that knows no RESP3 is no obstacle without a cache", async () => {
  const url = await refusing("HELLO", "NOPROTO unsupported protocol version");
  await using rwt = createRwt({ store: nodeRedisStore(url, { timeout: 1500 }), secret });
  expect(await rwt.verify(await rwt.sign(1, { subject: "ada" }))).toMatchObject({ data: 1 });
});
