import { createRwt } from "../../create-rwt.ts";
import type { AnyRwt } from "../../rwt.ts";
import { sessions } from "../../sessions/feature.ts";
import type { TokenStore } from "../../store.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { refusalOf, type Server } from "./server.ts";

const version = findingsOf("version");
const commands = findingsOf("commands");

export function checkVersion(server: Server): Finding {
  const text = server.info("redis_version");
  const [, major = "", minor = ""] = /^(\d+)\.(\d+)/.exec(text ?? "") ?? [];
  if (text === undefined || major === "") return version.unknown("INFO is refused or tells of no version");
  const number = Number(major) + Number(minor) / 100;
  if (number < 6.02) {
    return version.problem(`Redis ${text}: GETEX isn't there before 6.2`, "use Redis 7.0 or later");
  }
  // Managed ones that are compatible name an old version; whether their commands work is tried below.
  const isRedis = server.info("redis_mode") !== undefined && server.info("upstash_version") === undefined;
  if (number < 7 && isRedis) {
    return version.warning(`Redis ${text} does, and gets no fixes any more`, "use Redis 7.0 or later");
  }
  return version.ok(`Redis ${text}`);
}

/** Seconds after which Redis forgets what is tried here, should this program end halfway. */
const TTL = 10;

/** Lives a service's whole life on keys of its own, by a secret that nobody has: sends all that services send. */
export async function checkCommands(store: TokenStore, prefix?: string): Promise<Finding> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const options = { store, secret, prefix, expire: TTL, maxLifetime: TTL };
  const rwt = createRwt(options).with(sessions());
  const sliding = createRwt({ ...options, verifyExtendsToken: true });
  const subject = "doctor";
  /** The tokens of the session without a subject, and of the other. */
  const held: { alone: string | null; theirs: string | null } = { alone: null, theirs: null };
  const isLive = async (service: AnyRwt, token: string | null) => (await service.verify(token)) !== null;
  const steps: readonly (readonly [string, () => Promise<boolean>])[] = [
    [
      "sign",
      async () => {
        held.alone = await rwt.sign(1);
        return true;
      },
    ],
    [
      "sign with a subject",
      async () => {
        held.theirs = await rwt.sign(1, { subject });
        return true;
      },
    ],
    ["verify", async () => (await isLive(rwt, held.alone)) && isLive(rwt, held.theirs)],
    ["sliding verify", async () => (await isLive(sliding, held.alone)) && isLive(sliding, held.theirs)],
    ["extend", () => rwt.extend(held.theirs)],
    [
      "rotate",
      async () => {
        held.theirs = await rwt.rotate(held.theirs);
        return isLive(rwt, held.theirs);
      },
    ],
    ["update", () => rwt.update(held.theirs, 2)],
    ["updateAll", () => rwt.updateAll(subject, 3)],
    ["list", async () => (await rwt.list(subject)).sessions.length === 1],
    ["destroy", async () => (await rwt.destroy(held.alone)) && rwt.destroy(held.theirs)],
    ["destroyAll", () => rwt.destroyAll(subject)],
  ];
  const failed: string[] = [];
  for (const [name, run] of steps) {
    try {
      if (!(await run())) failed.push(`${name} (another answer than it should give)`);
    } catch (error) {
      failed.push(`${name} (${refusalOf(error)})`);
    }
  }
  if (failed.length === 0) return commands.ok("all that a service sends works");
  if (failed.join().includes("MOVED")) {
    return commands.unknown("a node of a cluster, without the slot that is tried: ask the other nodes too");
  }
  return commands.problem(
    `what a service sends doesn't work: ${failed.join(", ")}`,
    adviceFor(failed.join()),
  );
}

function adviceFor(failed: string): string {
  if (failed.includes("NOPERM")) {
    return "let the ACL user do it: ACL SETUSER <user> ~<prefix>* +@read +@write +@scripting +ping";
  }
  if (failed.includes("readonly")) return "this is a replica: use the primary's URL";
  if (failed.includes("memory")) return "Redis is full: raise maxmemory";
  return "look into Redis's log; use Redis 7.0 or later, or a server that is compatible with it";
}
