import { type Command, EXIT, required } from "../command.ts";
import { print, printJson } from "../output.ts";
import { withService } from "../service.ts";

export const destroyAll: Command = {
  summary: "end all of a subject's sessions in every service, and say whether there were any",
  help: ["--subject <id>     the user's id"],
  options: { subject: { type: "string" } },
  async run(invocation) {
    const { flags, json } = invocation;
    const subject = required(flags, "subject");
    return withService(invocation, async (rwt) => {
      const ended = await rwt.destroyAll(subject);
      if (json) printJson({ ended });
      else print(ended ? "ended" : "there was no session to end");
      return EXIT.ok;
    });
  },
};
