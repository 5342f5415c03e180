import type { TokenStore } from "../../store.ts";
import type { Environment } from "../variables.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { tryOperations } from "./operations.ts";
import { findMissingRights, lacksKeys, type MissingRights, plus, setUserAdvice } from "./rights.ts";
import type { Server } from "./server.ts";

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

/** Whether Redis does all that a service asks of it, and lets this user ask it. */
export async function checkCommands(store: TokenStore, env: Environment, prefix: string): Promise<Finding> {
  const missing = await findMissingRights(store, prefix);
  const failed = await tryOperations(store, prefix);
  const broken = failed.length === 0 ? "" : `, and so these don't work: ${failed.join(", ")}`;
  if (missing.service.length > 0) {
    return commands.problem(
      `${deniedIn(missing, prefix)}${broken || consequenceOf(missing)}`,
      setUserAdvice(prefix, env),
    );
  }
  if (failed.length === 0) return commands.ok(`all that a service sends works${optionsWithout(missing)}`);
  if (failed.join().includes("MOVED")) {
    return commands.unknown(
      "a node of a cluster, with none of the slots that were tried: ask the other nodes",
    );
  }
  return commands.problem(
    `what a service sends doesn't work: ${failed.join(", ")}`,
    adviceFor(failed.join(), prefix, env),
  );
}

function deniedIn(missing: MissingRights, prefix: string): string {
  const names = plus(missing.service);
  return lacksKeys(missing)
    ? `the ACL user has no right to the keys ${prefix}*, or lacks ${names}`
    : `the ACL user lacks ${names}`;
}

/** Without TIME alone, scripts go on by the services' clocks, which never decide on theft. */
const consequenceOf = ({ service }: MissingRights): string =>
  service.includes("time") ? ", and so reuse of a rotated token doesn't end the session" : "";

function optionsWithout({ replicas, cache }: MissingRights): string {
  const needs = [
    ...(replicas.length > 0 ? [`the option replicas would need ${plus(replicas)}`] : []),
    ...(cache.length > 0 ? [`cache on node-redis would need ${plus(cache)}`] : []),
  ];
  return needs.map((need) => `; ${need}`).join("");
}

function adviceFor(failed: string, prefix: string, env: Environment): string {
  // Of a command within a script, Redis 7.0 says so without the code NOPERM.
  if (failed.includes("auth")) return setUserAdvice(prefix, env);
  if (failed.includes("readonly")) return "this is a replica: use the primary's URL";
  if (failed.includes("memory")) return "Redis is full: raise maxmemory";
  return "look into Redis's log; use Redis 7.0 or later, or a server that is compatible with it";
}
