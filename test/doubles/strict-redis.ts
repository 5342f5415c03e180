/**
 * A Redis that refuses scripts access to keys that aren't in KEYS, as Dragonfly does by default. It is a proxy that wraps `redis.call`
 * in each script.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { RedisServer } from "../../tools/redis-server.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { createRequestReader, type Words } from "./resp-requests.ts";

export interface StrictRedis {
  readonly url: string;
  /** The Redis behind the proxy, which refuses nothing. */
  readonly redis: RedisServer;
  /** The SHA-1 of each script that was sent. */
  readonly scripts: ReadonlySet<string>;
  /** What was refused: "key: … by …". It also has refusals in background work, which ignores errors. */
  readonly refused: string[];
}

/** Starts one, which stops after the test or the file. */
export async function strictRedis(): Promise<StrictRedis> {
  const redis = await ownRedis();
  const scripts = new Set<string>();
  const refused: string[] = [];
  /** The digests of the wrapped scripts, by the digests of the original scripts. */
  const guarded = new Map<string, string>();
  const sockets = new Set<Socket>();

  function rewritten([name = "", script = "", ...rest]: Words): Words {
    switch (name.toUpperCase()) {
      case "EVAL": {
        const digest = sha1(script);
        const text = guardedScript(script, digest);
        guarded.set(digest, sha1(text));
        scripts.add(digest);
        return [name, text, ...rest];
      }
      case "EVALSHA":
        // For an unknown digest, Redis itself answers NOSCRIPT.
        return [name, guarded.get(script.toLowerCase()) ?? script, ...rest];
      case "SCRIPT":
        if (script.toUpperCase() === "LOAD") throw new Error("the double doesn't guard SCRIPT LOAD");
        return [name, script, ...rest];
      default:
        return [name, script, ...rest];
    }
  }

  const server = createServer((near) => {
    const far = connect(redis.port, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    const read = createRequestReader();
    near.on("data", (chunk: Buffer) => {
      for (const words of read(chunk)) far.write(requestOf(rewritten(words)));
    });
    far.on("data", (chunk: Buffer) => {
      for (const [, what = ""] of chunk.toString("latin1").matchAll(REFUSAL)) refused.push(what);
      near.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `redis://127.0.0.1:${port}`, redis, scripts, refused };
}

const sha1 = (text: string): string => createHash("sha1").update(text, "latin1").digest("hex");

const requestOf = (words: Words): Buffer =>
  Buffer.from(
    `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`,
    "latin1",
  );

const REFUSAL = /script tried accessing undeclared key, (key: [^\r\n]*? by \w+)/g;

/** Puts the guard on the script's first line, so that line numbers in errors stay right. Commands that it doesn't list are refused. */
const guardedScript = (script: string, digest: string): string =>
  `${GUARD.replace("DIGEST", digest)} ${script}`;

const GUARD = `
  local declared = {}
  for _, key in ipairs(KEYS) do declared[key] = true end
  local without = {TIME = true, PING = true}
  local many = {MGET = true, DEL = true, UNLINK = true, EXISTS = true, TOUCH = true}
  local one = {}
  for name in string.gmatch('GET SET GETEX GETDEL GETRANGE SETRANGE APPEND STRLEN EXPIRE PEXPIRE TTL PTTL ZADD ZREM ZCARD '
    .. 'ZRANGE ZRANDMEMBER ZSCORE HGET HSET HGETALL HEXISTS HSETNX HDEL', '%S+') do one[name] = true end
  local function guard(run, name, ...)
    local command = string.upper(name)
    local keys = {...}
    local count = many[command] and #keys or one[command] and 1 or without[command] and 0
    if not count then error('the double does not know where the keys of ' .. command .. ' are') end
    for i = 1, count do
      if not declared[keys[i]] then
        error({err = 'ERR Error running script (call to DIGEST): @user_script:1: '
          .. 'script tried accessing undeclared key, key: ' .. keys[i] .. ' by ' .. command})
      end
    end
    return run(name, ...)
  end
  local real = redis
  local redis = setmetatable({
    call = function(...) return guard(real.call, ...) end,
    pcall = function(...) return guard(real.pcall, ...) end
  }, {__index = real})`.replace(/\n\s*/g, " ");
