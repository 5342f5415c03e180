import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { type IoredisClient, ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

const { url } = await ownRedis();

type Call = (...args: string[]) => Promise<unknown>;

/** What companies have: a client that notes its commands, in a field that only the client itself has. */
class Noting extends Redis {
  readonly #names: string[] = [];

  get names(): readonly string[] {
    return this.#names;
  }

  override call(...args: unknown[]): Promise<unknown> {
    this.#names.push(String(args[0]));
    return super.call(...(args as [string]));
  }
}

const OPTIONS = { enableAutoPipelining: true, keyPrefix: "app:" };

async function signAndVerify(client: Redis, meanwhile = (): void => {}): Promise<unknown> {
  atEnd(() => client.disconnect());
  const rwt = createRwt({ store: ioredisStore(client as IoredisClient), secret: "s".repeat(32) });
  meanwhile();
  const token = await rwt.sign("mine", { subject: "42" });
  return (await rwt.verify(token))?.data;
}

test("a client with auto-pipelining keeps its other options", async () => {
  const client = new Redis(url, OPTIONS);
  expect(await signAndVerify(client)).toBe("mine");
  const bare = new Redis(url);
  atEnd(() => bare.disconnect());
  const keys = await bare.keys("*");
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expect(key).toMatch(/^app:rwt:/);
});

test("a subclass of it sees each command, and has its private fields", async () => {
  const client = new Noting(url, OPTIONS);
  expect(await signAndVerify(client)).toBe("mine");
  expect(client.names).toContain("mget");
});

test("a tool that replaces `call` on it sees each command", async () => {
  const client = new Redis(url, OPTIONS);
  const names: unknown[] = [];
  const call: Call = client.call.bind(client) as Call;
  Object.assign(client, {
    call: (...args: string[]) => {
      names.push(args[0]);
      return call(...args);
    },
  });
  expect(await signAndVerify(client)).toBe("mine");
  expect(names).toContain("mget");
});

test("a tool that replaces `sendCommand` on it, after the store was made, sees each command", async () => {
  const client = new Redis(url, OPTIONS);
  const names: string[] = [];
  const send = client.sendCommand.bind(client);
  const replace = (): void => {
    client.sendCommand = (command, ...rest) => {
      names.push(command.name);
      return send(command, ...rest);
    };
  };
  expect(await signAndVerify(client, replace)).toBe("mine");
  expect(names).toContain("mget");
});
