import { type Command, EXIT, number, optional, required } from "../command.ts";
import { date, print, printJson, tell } from "../output.ts";
import { withService } from "../service.ts";

export const list: Command = {
  summary: "list a subject's live sessions, the newest first",
  help: [
    "--subject <id>     the user's id",
    "--limit <n>        the most sessions to list, up to 1000 (default: 100)",
    "--cursor <text>    the next page: the cursor that the previous page printed",
  ],
  options: { subject: { type: "string" }, limit: { type: "string" }, cursor: { type: "string" } },
  async run(invocation) {
    const { flags, json } = invocation;
    const subject = required(flags, "subject");
    const limit = number("--limit", optional(flags, "limit"));
    return withService(invocation, async (rwt) => {
      const page = await rwt.list(subject, { limit, cursor: optional(flags, "cursor") });
      if (json) {
        // Omit `current`, since there is no token to compare with.
        printJson({ ...page, sessions: page.sessions.map(({ current: _, ...session }) => session) });
        return EXIT.ok;
      }
      for (const { id, issuedAt, deadline, idle, meta } of page.sessions) {
        const notes = meta === undefined ? "" : `  ${JSON.stringify(meta)}`;
        print(`${id}  issued ${date(issuedAt)}  idle for ${idle} s more  deadline ${date(deadline)}${notes}`);
      }
      if (page.cursor !== undefined) tell(`there may be more sessions: use --cursor ${page.cursor}`);
      else if (page.sessions.length === 0) tell("no live session");
      return EXIT.ok;
    });
  },
};
