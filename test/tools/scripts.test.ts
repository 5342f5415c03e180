import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Redis } from "@upstash/redis";
import { Redis as TcpRedis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { startRedisServer } from "../../tools/redis-server.ts";

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

interface Script {
  child: ChildProcess;
  /** The first lines of its output, once there are this many. */
  lines(count: number): Promise<string[]>;
  end(): Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function run(script: string, env: Record<string, string | undefined> = {}): Script {
  const path = fileURLToPath(new URL(`../../tools/${script}`, import.meta.url));
  const child = spawn(process.execPath, [path], { stdio: "pipe", env: { ...process.env, ...env } });
  started.push(child);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      output[name] += chunk.toString();
    });
  }
  const closed = once(child, "close");
  return {
    child,
    async lines(count) {
      while (output.stdout.split("\n").length <= count) {
        await Promise.race([once(child.stdout, "data"), closed]);
        if (child.exitCode !== null) throw new Error(`${script} ended: ${output.stderr}`);
      }
      return output.stdout.trimEnd().split("\n");
    },
    async end() {
      await closed;
      return { code: child.exitCode, ...output };
    },
  };
}

const clean = { PORT: "0", REDIS_URL: undefined, UPSTASH_REDIS_REST_TOKEN: undefined };

function exported(line: string | undefined, name: string): string {
  const value = new RegExp(`^export ${name}=(\\S+)$`).exec(line ?? "")?.[1];
  if (value === undefined) throw new Error(`no ${name} in: ${line}`);
  return value;
}

test("dev-redis prints the variables to paste, serves them, and stops on Ctrl-C", async () => {
  const script = run("dev-redis.ts", clean);
  const lines = await script.lines(4);
  expect(lines).toHaveLength(4);
  const url = exported(lines[0], "UPSTASH_REDIS_REST_URL");
  const token = exported(lines[1], "UPSTASH_REDIS_REST_TOKEN");
  expect(token).toBe("local-development");
  const tcp = new TcpRedis(exported(lines[2], "REDIS_URL"));
  expect(await tcp.ping()).toBe("PONG");
  tcp.disconnect();
  expect(lines[3]).toMatch(/^# .*nothing is kept on disk/);

  const redis = new Redis({ url, token, enableTelemetry: false });
  expect(await redis.set("key", "value")).toBe("OK");
  expect(await redis.get("key")).toBe("value");

  script.child.kill("SIGINT");
  expect(await script.end()).toMatchObject({ code: 0, stderr: "" });
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("dev-redis uses the token and the Redis of the environment", async () => {
  const redis = await startRedisServer();
  try {
    const script = run("dev-redis.ts", { ...clean, REDIS_URL: redis.url, UPSTASH_REDIS_REST_TOKEN: "mine" });
    const lines = await script.lines(3);
    const url = exported(lines[0], "UPSTASH_REDIS_REST_URL");
    const token = exported(lines[1], "UPSTASH_REDIS_REST_TOKEN");
    expect(token).toBe("mine");
    expect(lines[2]).not.toContain(redis.url);
    const client = new Redis({ url, token, enableTelemetry: false });
    expect(await client.exec<string>(["INFO", "server"])).toContain(`process_id:${redis.pid}\r\n`);
    script.child.kill("SIGTERM");
    expect((await script.end()).code).toBe(0);
  } finally {
    await redis.stop();
  }
});

test("dev-redis says in one line that its port is taken", async () => {
  const first = run("dev-redis.ts", clean);
  const { port } = new URL(exported((await first.lines(3))[0], "UPSTASH_REDIS_REST_URL"));
  const { code, stderr } = await run("dev-redis.ts", { ...clean, PORT: port }).end();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^.*EADDRINUSE.*\n$/);
});

test("ensure-redis is silent if redis-server is installed", async () => {
  expect(await run("ensure-redis.ts").end()).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("ensure-redis prints the command to run if it can't install", async () => {
  const { code, stdout, stderr } = await run("ensure-redis.ts", { PATH: "/nonexistent" }).end();
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^.*apt-get install redis-server.*brew install redis.*\n$/);
});

test("ensure-chromium prints the command to run if it can't install", async () => {
  const nowhere = { PATH: "/nonexistent", CHROMIUM: "/nonexistent/chromium" };
  const { code, stdout, stderr } = await run("ensure-chromium.ts", nowhere).end();
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^.*apt-get install chromium.*CHROMIUM=.*\n$/);
});
