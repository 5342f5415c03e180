/** Thrown for a body that isn't a command, with Upstash's own message. */
export class MalformedCommandError extends Error {}

// A shared connection must not change its state or wait. "Connection: only PING and ECHO are supported",
// "WATCH/UNWATCH/DISCARD are not supported": https://upstash.com/docs/redis/features/restapi
const REFUSED = new Set(
  `AUTH CLIENT DISCARD EXEC HELLO MONITOR MULTI QUIT READONLY READWRITE RESET SELECT UNWATCH WATCH
   PSUBSCRIBE PUNSUBSCRIBE SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE UNSUBSCRIBE PSYNC REPLCONF SYNC WAIT WAITAOF
   BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN`.split(/\s+/),
);

/** Parses the body of `POST /`: one command. */
export function parseCommand(body: string): string[] {
  return toCommand(parseArray(body));
}

/** Parses the body of `/pipeline` and `/multi-exec`: a list of commands. */
export function parseCommands(body: string): string[][] {
  const commands = parseArray(body);
  if (commands.length === 0) throw new MalformedCommandError("ERR empty command");
  return commands.map(toCommand);
}

/** The error for a command that isn't allowed over REST. `undefined` for other commands. */
export function refusal([name = "", ...args]: string[]): string | undefined {
  const upper = name.toUpperCase();
  const blocks = /^XREAD(GROUP)?$/.test(upper) && args.some((arg) => arg.toUpperCase() === "BLOCK");
  return REFUSED.has(upper) || blocks
    ? `ERR Command "${upper}" is not allowed in REST or it has a special context path`
    : undefined;
}

function parseArray(body: string): unknown[] {
  if (body.trim() === "") throw new MalformedCommandError("ERR failed to parse command: EOF");
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new MalformedCommandError("ERR failed to parse command: invalid JSON");
  }
  if (!Array.isArray(parsed)) {
    throw new MalformedCommandError("ERR failed to parse command: expected JSON array");
  }
  return parsed;
}

function toCommand(value: unknown): string[] {
  if (!Array.isArray(value)) {
    throw new MalformedCommandError("ERR failed to parse command: expected JSON array");
  }
  if (value.length === 0) throw new MalformedCommandError("ERR empty command");
  return value.map(toArgument);
}

function toArgument(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
      return String(value);
    default:
      throw new MalformedCommandError(
        value === null
          ? "ERR null args are not supported"
          : `ERR unsupported arg type: "${Array.isArray(value) ? "[" : "{"}": json.Delim`,
      );
  }
}
