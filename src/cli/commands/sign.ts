import type { SessionMeta } from "../../session.ts";
import { type Command, EXIT, number, optional, UsageError } from "../command.ts";
import { isTyped, parseJson, readInput } from "../input.ts";
import { print, printJson } from "../output.ts";
import { withService } from "../service.ts";

export const sign: Command = {
  summary: "start a session with data, and print its token",
  help: [
    "--data <json>      the session's data; without it, JSON from standard input, which process lists don't show",
    "--subject <id>     the user's id",
    "--expire <s>       idle timeout in seconds (default: RWT_EXPIRE, or 3600)",
    "--meta <json>      notes about the session: a JSON object",
  ],
  options: {
    data: { type: "string" },
    subject: { type: "string" },
    expire: { type: "string" },
    meta: { type: "string" },
  },
  async run(invocation) {
    const { flags, json } = invocation;
    const expire = number("--expire", optional(flags, "expire"));
    const meta = optional(flags, "meta");
    const options = {
      expire,
      subject: optional(flags, "subject"),
      meta: meta === undefined ? undefined : (parseJson("--meta", meta) as SessionMeta),
    };
    const data = await readData(optional(flags, "data"));
    return withService(invocation, async (rwt) => {
      const token = await rwt.sign(data, options);
      if (json) printJson({ token });
      else print(token);
      return EXIT.ok;
    });
  },
};

async function readData(option: string | undefined): Promise<unknown> {
  if (option !== undefined && option !== "-") return parseJson("--data", option);
  if (isTyped() && option === undefined) {
    throw new UsageError("no data given: use --data <json>, or pipe JSON into standard input");
  }
  return parseJson("the data on standard input", await readInput("The data as JSON"));
}
