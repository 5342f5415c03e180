/** Errors and failures of a real Redis, on every store. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { expect } from "vitest";
import { atEnd } from "../support/at-end.ts";
import { faultTest } from "./fault-test.ts";
import { admin, appPassword, type Fault, QUICK, redis } from "./fixture.ts";

const WRITES = ["sign", "sign, indexed", "slide", "extend", "destroy"] as const;
const KEYED = [...WRITES, "verify"] as const;

const set = async (...settings: string[]): Promise<void> => {
  for (let i = 0; i < settings.length; i += 2) {
    await admin.config("SET", settings[i] ?? "", settings[i + 1] ?? "");
  }
};
const acl = (...rules: string[]): Promise<unknown> => admin.call("ACL", "SETUSER", "app", ...rules);
const cutTheApps = (): Promise<unknown> => admin.client("KILL", "USER", "app");

/** A second connection for work that blocks Redis. */
const worker = new Redis(redis.url, { retryStrategy: () => 50 });
worker.on("error", () => {});
atEnd(() => worker.disconnect());

/** Waits until Redis answers only BUSY or LOADING, even to a connecting client's INFO. */
const whileBusy = async (begin: Promise<unknown>, busy: RegExp): Promise<void> => {
  begin.catch(() => {});
  await expect.poll(() => admin.exists("any").then(String, String), { timeout: 10_000 }).toMatch(busy);
};

let lostFolder = "";
let filler: Redis[] = [];

const FAULTS: readonly Fault[] = [
  {
    name: "out of memory (OOM)",
    breakAll: () => set("maxmemory-policy", "noeviction", "maxmemory", "1"),
    mendAll: () => set("maxmemory", "0"),
    hits: ["sign"],
    // A person whom Redis knows: extending the key's life comes before anything new is stored.
    mayHit: ["sign, indexed"],
    reasons: ["memory"],
  },
  {
    name: "the primary has become a replica (READONLY)",
    breakAll: () => admin.replicaof("127.0.0.1", "1"),
    mendAll: () => admin.replicaof("NO", "ONE"),
    hits: WRITES,
    // Concurrent calls may use the connection that the client is leaving.
    reasons: ["readonly", "network"],
  },
  {
    name: "it can't save, and takes no writes (MISCONF)",
    async breakAll() {
      lostFolder = await mkdtemp(join(tmpdir(), "rwt-lost-"));
      await set("dir", lostFolder, "save", "3600 1");
      await rm(lostFolder, { recursive: true });
      await admin.bgsave().catch(() => {});
      await expect.poll(() => admin.info("persistence")).toContain("rdb_last_bgsave_status:err");
    },
    mendAll: () => set("save", "", "dir", tmpdir()),
    // PING fails too, so that monitoring notices.
    hits: [...WRITES, "connect"],
    reasons: ["server"],
  },
  {
    name: "too few replicas to take writes (NOREPLICAS)",
    breakAll: () => set("min-replicas-to-write", "3"),
    mendAll: () => set("min-replicas-to-write", "0"),
    hits: WRITES,
    reasons: ["server"],
  },
  {
    name: "the user may not write (NOPERM)",
    breakAll: () => acl("-@write"),
    mendAll: () => acl("+@all"),
    hits: WRITES,
    reasons: ["auth"],
  },
  {
    name: "the user may not touch these keys (NOPERM)",
    breakAll: () => acl("resetkeys", "~another:*"),
    mendAll: () => acl("resetkeys", "~*"),
    hits: KEYED,
    reasons: ["auth"],
  },
  {
    name: "the user may run no script (NOPERM)",
    breakAll: () => acl("-eval", "-evalsha"),
    mendAll: () => acl("+@all"),
    hits: ["sign, indexed", "extend", "destroy"],
    reasons: ["auth"],
  },
  {
    name: "the password was changed (WRONGPASS)",
    async breakAll() {
      await acl("resetpass", ">another-password");
      await cutTheApps();
    },
    mendAll: () => acl("resetpass", `>${appPassword}`),
    // The REST server's own login fails, which is an outage for its callers.
    reasons: ["auth", "network", "server"],
    timeout: 2 * QUICK,
  },
  {
    name: "the user was switched off",
    async breakAll() {
      await acl("off");
      await cutTheApps();
    },
    mendAll: () => acl("on"),
    reasons: ["auth", "network", "server"],
    timeout: 2 * QUICK,
  },
  {
    name: "as many clients as it takes",
    async breakAll() {
      const clients = Number(/connected_clients:(\d+)/.exec(await admin.info("clients"))?.[1]);
      filler = Array.from({ length: clients }, () => new Redis(redis.url));
      await Promise.all(filler.map((client) => client.ping()));
      await cutTheApps();
      await set("maxclients", "1");
    },
    async mendAll() {
      for (const client of filler) client.disconnect();
      await set("maxclients", "10000");
    },
    reasons: ["server", "network"],
    timeout: 2 * QUICK,
  },
  {
    name: "its scripts are flushed (NOSCRIPT): no outage",
    breakAll: () => admin.script("FLUSH"),
    hits: [],
    reasons: [],
  },
  {
    name: "a script runs for ever (BUSY)",
    async breakAll() {
      await set("busy-reply-threshold", "10");
      await whileBusy(worker.eval("while true do end", 0), /BUSY/);
    },
    async mendAll() {
      await admin.script("KILL");
      await expect.poll(() => admin.ping().catch(() => ""), { timeout: 10_000 }).toBe("PONG");
    },
    reasons: ["server", "network"],
    timeout: 4 * QUICK,
  },
  {
    name: "it loads its data (LOADING)",
    async breakAll() {
      await admin.eval(
        "for i = 1, 400 do redis.call('SET', 'filler:' .. i, string.rep('x', 2000), 'EX', 600) end",
        0,
      );
      await set(
        "rdbcompression",
        "no",
        "key-load-delay",
        "10000",
        "loading-process-events-interval-bytes",
        "1024",
      );
      await whileBusy(worker.call("DEBUG", "RELOAD"), /LOADING/);
    },
    async mendAll() {
      await set("key-load-delay", "0").catch(() => {});
      await expect.poll(() => admin.ping().catch(() => ""), { timeout: 20_000 }).toBe("PONG");
    },
    reasons: ["loading", "network", "server"],
    timeout: 4 * QUICK,
  },
  {
    name: "frozen (SIGSTOP), and it goes on",
    breakAll: () => redis.freeze(),
    mendAll: () => redis.thaw(),
    reasons: ["network", "server"],
    timeout: QUICK,
  },
  {
    name: "every connection is cut, and new ones work",
    breakAll: async () => {
      await cutTheApps();
      await sleep(200);
    },
    hits: [],
    reasons: [],
  },
  {
    name: "killed (SIGKILL), and started again empty",
    breakAll: () => redis.kill(),
    mendAll: () => redis.restart(),
    reasons: ["network", "server"],
    timeout: 2 * QUICK,
    forgets: true,
  },
];

for (const fault of FAULTS) faultTest(fault);
