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
  if (text === undefined || major === "") return version.unknown("INFO is refused, or contains no version");
  const number = Number(major) + Number(minor) / 100;
  if (number < 6.02) {
    return version.problem(`Redis ${text} is too old: GETEX came with 6.2`, "use Redis 7.0 or later");
  }
  // Compatible managed servers may report an old version. checkCommands tests whether their commands work.
  const isRedis = server.info("redis_mode") !== undefined && server.info("upstash_version") === undefined;
  if (number < 7 && isRedis) {
    return version.warning(`Redis ${text} works, but no longer gets fixes`, "use Redis 7.0 or later");
  }
  return version.ok(`Redis ${text}`);
}

/** Checks whether every operation of a service works, and whether the user has the rights for it. */
export async function checkCommands(store: TokenStore, env: Environment, prefix: string): Promise<Finding> {
  const missing = await findMissingRights(store, prefix);
  const failed = await tryOperations(store, prefix);
  const broken = failed.length === 0 ? "" : `, so these operations fail: ${failed.join(", ")}`;
  if (missing.service.length > 0) {
    return commands.problem(
      `${deniedIn(missing, prefix)}${broken || consequenceOf(missing)}`,
      setUserAdvice(prefix, env),
    );
  }
  if (failed.length === 0) return commands.ok(`every operation of a service works${optionsWithout(missing)}`);
  if (failed.join().includes("MOVED")) {
    return commands.unknown(
      "this node of a cluster has none of the slots that were tried: check the other nodes",
    );
  }
  return commands.problem(
    `these operations of a service fail: ${failed.join(", ")}`,
    adviceFor(failed.join(), prefix, env),
  );
}

function deniedIn(missing: MissingRights, prefix: string): string {
  const names = plus(missing.service);
  return lacksKeys(missing)
    ? `the ACL user has no right to the keys ${prefix}*, or lacks ${names}`
    : `the ACL user lacks ${names}`;
}

/** If only TIME is missing, scripts use the services' clocks, and don't judge reuse as theft. */
const consequenceOf = ({ service }: MissingRights): string =>
  service.includes("time") ? ", so reuse of a rotated token doesn't end the session" : "";

function optionsWithout({ replicas, tracking, once }: MissingRights): string {
  const needs = [
    ...(replicas.length > 0 ? [`the option replicas would need ${plus(replicas)}`] : []),
    ...(tracking.length > 0 ? [`watch() and cache on node-redis would need ${plus(tracking)}`] : []),
    ...(once.length > 0 ? [`one-time tokens would need ${plus(once)}`] : []),
  ];
  return needs.map((need) => `; ${need}`).join("");
}

function adviceFor(failed: string, prefix: string, env: Environment): string {
  // For a command within a script, Redis 7.0 sends no NOPERM, so look for the reason instead.
  if (failed.includes("auth")) return setUserAdvice(prefix, env);
  if (failed.includes("readonly")) return "this is a replica: use the primary's URL";
  if (failed.includes("memory")) return "Redis is full: raise maxmemory";
  return "check Redis's log; use Redis 7.0 or later, or a compatible server";
}
