import type { Command } from "./command.ts";

export const COMMON_OPTIONS = {
  json: { type: "boolean" },
  prefix: { type: "string" },
  timeout: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

export const TOKEN_OPTIONS = { "token-file": { type: "string" } } as const;

const COMMON_HELP = [
  "--json             print one line of JSON",
  "--prefix <text>    the prefix of every Redis key (default: RWT_PREFIX, or rwt:)",
  "--timeout <ms>     timeout of one operation in Redis (default: 5000)",
];

const TOKEN_HELP = [
  "--token-file <f>   read the token from a file instead of standard input; - stands for standard input",
  "                   Never pass a token as an argument: other users of the machine can read it.",
];

const ENVIRONMENT = `Environment:
  REDIS_URL          redis://user:password@host:port/db, or rediss:// for TLS; needs the package ioredis or redis;
                     a single server, no cluster
  UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN
                     a Redis over HTTP, used if REDIS_URL isn't set; needs the package @upstash/redis
  RWT_SECRET         the services' secret; several with commas between them, newest first, or as a JSON array
  RWT_PREFIX, RWT_EXPIRE, RWT_MAX_LIFETIME
                     the options of your services, if they aren't the defaults

Exit codes: 0 yes, or done; 1 no (not live, no such session, a problem found); 2 usage error; 3 Redis can't answer.`;

const lines = (texts: readonly string[]): string => texts.map((text) => `  ${text}\n`).join("");

export function wholeHelp(commands: ReadonlyMap<string, Command>): string {
  const summaries = [...commands].map(([name, { summary }]) => `${name.padEnd(12)} ${summary}`);
  return `Usage: redis-web-token <command> [options]

Commands:
${lines(summaries)}
\`redis-web-token <command> --help\` shows the options of a command.

${ENVIRONMENT}`;
}

export function commandHelp(name: string, { summary, help, takesToken }: Command): string {
  return `Usage: redis-web-token ${name} [options]${takesToken ? " [-] < token" : ""}

${name}: ${summary}

Options:
${lines([...help, ...(takesToken ? TOKEN_HELP : []), ...COMMON_HELP])}
${ENVIRONMENT}`;
}
