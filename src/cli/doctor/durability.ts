import { type Finding, findingsOf } from "./finding.ts";
import type { Server } from "./server.ts";

const persistence = findingsOf("persistence");
const replication = findingsOf("replication");

/** Whether sessions survive a restart of Redis. */
export async function checkPersistence(server: Server): Promise<Finding> {
  const aof = server.info("aof_enabled");
  if (aof === "1") {
    return server.info("aof_last_write_status") === "err"
      ? persistence.problem("the append-only file can't be written", "look at Redis's log and its disk")
      : persistence.ok("append-only file: a restart keeps the sessions");
  }
  const save = await server.setting("save");
  if (save === undefined)
    return persistence.unknown("CONFIG is refused, and INFO tells of no append-only file");
  if (save === "") {
    return persistence.warning(
      "off: a restart of Redis logs everyone out",
      "set appendonly yes; or leave it, if signing in again is all that anyone loses",
    );
  }
  if (server.info("rdb_last_bgsave_status") === "err") {
    return persistence.problem(
      "the last snapshot failed: by default Redis then refuses to write",
      "look at Redis's log and its disk",
    );
  }
  return persistence.ok(
    "snapshots: a crash loses the sessions since the last one; appendonly yes would keep them",
  );
}

/** Seconds since a replica was last heard of. */
const LATE = 10;

export function checkReplication(server: Server): Finding {
  const role = server.info("role");
  if (role === undefined) return replication.unknown("INFO doesn't tell of replication");
  if (role !== "master") {
    return replication.problem(
      "this is a replica, which takes no writes",
      "use the primary's URL, or Sentinel",
    );
  }
  const lines = server.fields(/^slave\d+$/);
  if (lines.length === 0) {
    return replication.ok("no replica: there is no failover, and nothing that it could lose");
  }
  const written = server.count("master_repl_offset") ?? 0;
  const replicas = lines.map((line) => {
    const part = (name: string): string => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(line)?.[1] ?? "";
    return {
      state: part("state"),
      silent: Number(part("lag")),
      behind: Math.max(0, written - Number(part("offset"))),
    };
  });
  const online = replicas.filter(({ state, silent }) => state === "online" && silent <= LATE).length;
  const behind = Math.max(...replicas.map((replica) => replica.behind));
  const message = `${online} of ${replicas.length} replicas up to date, at most ${behind} bytes behind`;
  if (online < replicas.length) {
    return replication.warning(
      message,
      "see INFO replication: a failover to a replica that lags brings back what was ended",
    );
  }
  return replication.ok(
    `${message}; the stores' option replicas: "all" makes sign and destroy wait for them, so that a planned failover loses neither`,
  );
}
