import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  ClientMissingError,
  DataError,
  OptionRangeError,
  OptionTypeError,
  StoreFault,
  StoreUnavailableError,
} from "../errors.ts";
import { type Command, EXIT, type ExitCode, UsageError } from "./command.ts";
import { destroy } from "./commands/destroy.ts";
import { destroyAll } from "./commands/destroy-all.ts";
import { doctor } from "./commands/doctor.ts";
import { explain } from "./commands/explain.ts";
import { list } from "./commands/list.ts";
import { secret } from "./commands/secret.ts";
import { sign } from "./commands/sign.ts";
import { verify } from "./commands/verify.ts";
import { COMMON_OPTIONS, commandHelp, TOKEN_OPTIONS, wholeHelp } from "./help.ts";
import { suggestion } from "./nearest.ts";
import { printText, tell } from "./output.ts";
import type { Environment } from "./variables.ts";

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({ secret, sign, verify, explain, list, destroy, "destroy-all": destroyAll, doctor }),
);

/** Runs a command line, and returns the exit code. */
export async function run(args: readonly string[], env: Environment): Promise<ExitCode> {
  const [name = "", ...rest] = args;
  if (name === "--help" || name === "help") return say(wholeHelp(COMMANDS));
  if (name === "--version") return say(version());
  const command = COMMANDS.get(name);
  if (command === undefined) {
    const known = [...COMMANDS.keys()];
    const problem = name === "" ? "no command given" : `no such command${suggestion(name, known)}`;
    tell(`redis-web-token: ${problem}`);
    tell(`commands: ${known.join(", ")}. \`redis-web-token help\` explains them.`);
    return EXIT.usage;
  }
  try {
    const { values: flags, hasDash } = parse(command, rest);
    if (flags.help === true) return say(commandHelp(name, command));
    if (hasDash && flags["token-file"] !== undefined)
      throw new UsageError("use either - or --token-file, not both");
    return await command.run({ flags, env, json: flags.json === true });
  } catch (error) {
    tell(`redis-web-token ${name}: ${messageOf(error)}`);
    return codeOf(error);
  }
}

function parse(command: Command, args: string[]) {
  const options = { ...COMMON_OPTIONS, ...(command.takesToken && TOKEN_OPTIONS), ...command.options };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const isAllowed = command.takesToken
      ? positionals.every((word) => word === "-")
      : positionals.length === 0;
    if (!isAllowed) {
      throw new UsageError(
        command.takesToken
          ? "never pass a token as an argument, which other users of the machine can read: pipe it in, or use --token-file"
          : "this command takes only options: see --help",
      );
    }
    return {
      values: values as Readonly<Record<string, string | boolean | undefined>>,
      hasDash: positionals.length > 0,
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = Object(error) as { code?: unknown };
    // Don't show the parser's own message: it quotes the arguments, which may contain a secret.
    if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION")
      throw new UsageError("an option lacks its value, or has one that it doesn't take: see --help");
    const known = Object.keys(options);
    const given = args
      .map((word) => word.replace(/^--(no-)?/, "").replace(/=.*/s, ""))
      .find((word, i) => args[i]?.startsWith("--") && !known.includes(word));
    const names = known.map((option) => `--${option}`).join(", ");
    throw new UsageError(`unknown option${suggestion(given ?? "", known, "--")} (known: ${names})`);
  }
}

function say(text: string): ExitCode {
  printText(text);
  return EXIT.ok;
}

const isOurs = (error: unknown): error is Error =>
  [UsageError, OptionTypeError, OptionRangeError, DataError, ClientMissingError].some(
    (kind) => error instanceof kind,
  );

function messageOf(error: unknown): string {
  if (error instanceof StoreUnavailableError) {
    const { reason, message, cause } = error;
    const detail = cause instanceof StoreFault && cause.code !== undefined ? `, ${cause.code}` : "";
    return `${message} (${reason}${detail})`;
  }
  if (isOurs(error)) return error.message;
  return `internal error (${error instanceof Error ? error.name : typeof error}): please report it`;
}

function codeOf(error: unknown): ExitCode {
  if (error instanceof StoreUnavailableError) return EXIT.outage;
  return isOurs(error) ? EXIT.usage : EXIT.internal;
}

function version(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
