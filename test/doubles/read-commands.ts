import type { RedisConnection, Reply } from "./rest-server/redis-connection.ts";

/** The commands that a proxy may send to a replica. */
export interface ReadCommands {
  includes(command: readonly string[]): boolean;
}

/** Asks Redis which commands it counts as reads: those with the flag `readonly`. A script isn't one, and neither is `GETEX`. */
export async function readCommandsOf({ send }: Pick<RedisConnection, "send">): Promise<ReadCommands> {
  const outcome = await send(["COMMAND"]);
  if (!("result" in outcome) || !Array.isArray(outcome.result)) throw new Error("no reply to COMMAND");
  const names = outcome.result.filter(isReadOnly).map(nameOf);
  if (!names.includes("MGET")) throw new Error("COMMAND doesn't know MGET as a read");
  const reads = new Set(names);
  return { includes: ([name = ""]) => reads.has(name.toUpperCase()) };
}

const fieldsOf = (reply: Reply): Reply[] => (Array.isArray(reply) ? reply : []);
const nameOf = (reply: Reply): string => String(fieldsOf(reply)[0]).toUpperCase();
const isReadOnly = (reply: Reply): boolean =>
  fieldsOf(fieldsOf(reply)[2] ?? []).some((flag) => String(flag) === "readonly");
