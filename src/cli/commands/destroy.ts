import { type Command, EXIT, optional, required, UsageError } from "../command.ts";
import { readToken } from "../input.ts";
import { print, printJson } from "../output.ts";
import { withService } from "../service.ts";

export const destroy: Command = {
  summary: "end a session, by its token or its id; exit code 1 if there was none",
  help: [
    "--subject <id> --id <session id>   end the session with this id, which list and explain print, instead of a token's",
  ],
  options: { subject: { type: "string" }, id: { type: "string" } },
  takesToken: true,
  async run(invocation) {
    const { flags, json } = invocation;
    const id = optional(flags, "id");
    if (id === undefined && flags.subject !== undefined) {
      throw new UsageError("--subject needs --id too. To end all of a subject's sessions, use destroy-all");
    }
    const subject = id === undefined ? undefined : required(flags, "subject");
    const token = subject === undefined ? await readToken(flags) : undefined;
    return withService(invocation, async (rwt) => {
      const isEnded =
        subject === undefined ? await rwt.destroy(token) : await rwt.destroyById(subject, id ?? "");
      if (json) printJson({ ended: isEnded });
      else print(isEnded ? "ended" : "there was no such session");
      return isEnded ? EXIT.ok : EXIT.no;
    });
  },
};
