import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterEach, expect, test, vi } from "vitest";
import { type RedisServer, type RedisServerOptions, startRedisServer } from "../../tools/redis-server.ts";

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  vi.unstubAllEnvs();
});

async function start(options?: RedisServerOptions): Promise<RedisServer> {
  const server = await startRedisServer(options);
  cleanups.push(() => server.stop());
  return server;
}

function clientOf(server: RedisServer): Redis {
  const client = new Redis(server.url, { retryStrategy: null, maxRetriesPerRequest: 0 });
  client.on("error", () => {});
  cleanups.push(() => client.disconnect());
  return client;
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test("it answers at its url, from its own pid, and saves nothing", async () => {
  const server = await start();
  const client = clientOf(server);
  expect(await client.ping()).toBe("PONG");
  expect(await client.info("server")).toContain(`process_id:${server.pid}\r\n`);
  expect(await client.config("GET", "save")).toEqual(["save", ""]);
  expect(await client.config("GET", "appendonly")).toEqual(["appendonly", "no"]);
  expect(await client.config("GET", "bind")).toEqual(["bind", "127.0.0.1"]);
});

test("two servers have different ports, neither of them the default one", async () => {
  const [one, other] = await Promise.all([start(), start()]);
  expect(one.port).not.toBe(other.port);
  expect([one.port, other.port]).not.toContain(6379);
  await expect(startRedisServer({ port: 6379 })).rejects.toThrow("6379");
});

test("a given port is used, and if it is taken the error says so", async () => {
  const holder = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  await once(holder, "listening");
  const address = holder.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    await expect(startRedisServer({ port })).rejects.toThrow(`Port ${port} is taken.`);
  } finally {
    holder.close();
    await once(holder, "close");
  }
  expect((await start({ port })).port).toBe(port);
});

test("another Redis on the port isn't mistaken for its own", async () => {
  const { port } = await start();
  await expect(startRedisServer({ port })).rejects.toThrow(`Port ${port} is taken.`);
});

test("the password is required, and is in the url", async () => {
  const server = await start({ password: "a b/ü@" });
  expect(await clientOf(server).ping()).toBe("PONG");
  const stranger = new Redis(server.port, "127.0.0.1", { retryStrategy: null, enableReadyCheck: false });
  cleanups.push(() => stranger.disconnect());
  stranger.on("error", () => {});
  await expect(stranger.get("key")).rejects.toThrow("NOAUTH");
});

test("further arguments reach redis-server", async () => {
  const server = await start({ args: ["--databases", "3", "--requirepass", "secret"] });
  const client = new Redis(server.port, "127.0.0.1", { password: "secret" });
  cleanups.push(() => client.disconnect());
  expect(await client.config("GET", "databases")).toEqual(["databases", "3"]);
});

test("if redis-server refuses an argument, the error has its own message", async () => {
  await expect(startRedisServer({ args: ["--no-such-option", "1"] })).rejects.toThrow("no-such-option");
});

test("stop ends the process, even if it is frozen, and may be called twice", async () => {
  const server = await start();
  server.freeze();
  await server.stop();
  expect(runs(server.pid)).toBe(false);
  await server.stop();
});

test("after kill and restart there is an empty server on the same port, as a new process", async () => {
  const server = await start();
  const firstPid = server.pid;
  await clientOf(server).set("key", "value");
  await server.kill();
  expect(runs(firstPid)).toBe(false);
  await server.restart();
  expect(server.pid).not.toBe(firstPid);
  expect(await clientOf(server).get("key")).toBeNull();
});

test("a running server can be restarted too", async () => {
  const server = await start();
  const firstPid = server.pid;
  await server.restart();
  expect(runs(firstPid)).toBe(false);
  expect(await clientOf(server).ping()).toBe("PONG");
});

test("a frozen server answers once it is thawed", async () => {
  const server = await start();
  const client = clientOf(server);
  await client.ping();
  server.freeze();
  let answered = false;
  const answer = client.ping().then((pong) => {
    answered = true;
    return pong;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answered).toBe(false);
  server.thaw();
  expect(await answer).toBe("PONG");
});

test("without redis-server on the PATH, the error is one line with the command to run", async () => {
  vi.stubEnv("PATH", "/nonexistent");
  const error = await startRedisServer().catch((caught: unknown) => caught);
  expect(String(error)).toContain("run: apt-get install redis-server");
  expect(String(error)).not.toContain("\n");
});

const helper = JSON.stringify(fileURLToPath(new URL("../../tools/redis-server.ts", import.meta.url)));

test.each([
  ["exits", "process.exit()"],
  ["throws", "throw new Error('expected by the test')"],
  ["is killed", "process.kill(process.pid, 'SIGKILL')"],
])("it ends with a parent that %s", async (_, end) => {
  const script = `
    const { startRedisServer } = await import(${helper});
    const { port } = await startRedisServer();
    process.stdout.write(String(port), () => { ${end} });`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  parent.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await once(parent, "close");
  const port = Number(output);
  expect(port).toBeGreaterThan(0);
  await vi.waitFor(() => expect(listens(port)).resolves.toBe(false), { timeout: 5_000, interval: 20 });
});
