import { type Finding, findingsOf } from "./finding.ts";
import type { Server } from "./server.ts";

const persistence = findingsOf("persistence");
const replication = findingsOf("replication");

/** Checks whether sessions survive a restart of Redis. */
export async function checkPersistence(server: Server): Promise<Finding> {
  const aof = server.info("aof_enabled");
  if (aof === "1") {
    return server.info("aof_last_write_status") === "err"
      ? persistence.problem("the append-only file can't be written", "check Redis's log and disk")
      : persistence.ok("append-only file: a restart keeps the sessions");
  }
  const save = await server.setting("save");
  if (save === undefined) return persistence.unknown("CONFIG is refused, and INFO shows no append-only file");
  if (save === "") {
    return persistence.warning(
      "off: a restart of Redis logs everyone out",
      "set appendonly yes, unless your users may have to sign in again",
    );
  }
  if (server.info("rdb_last_bgsave_status") === "err") {
    return persistence.problem(
      "the last snapshot failed, and by default Redis then refuses writes",
      "check Redis's log and disk",
    );
  }
  return persistence.ok(
    "snapshots: a crash loses the sessions since the last one; appendonly yes would keep them",
  );
}

/** Seconds without a sign of life after which a replica counts as offline. */
const LATE = 10;

export function checkReplication(server: Server): Finding {
  const role = server.info("role");
  if (role === undefined) return replication.unknown("INFO contains nothing about replication");
  if (role !== "master") {
    return replication.problem(
      "this is a replica, which refuses writes",
      "use the primary's URL, or Sentinel",
    );
  }
  const lines = server.fields(/^slave\d+$/);
  if (lines.length === 0) {
    return replication.ok("no replica, so there is no failover that could lose sessions");
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
      "see INFO replication: a failover to a lagging replica brings ended sessions back",
    );
  }
  return replication.ok(
    `${message}; the stores' option replicas: "all" makes sign and destroy wait for them, so that a planned failover loses neither`,
  );
}
