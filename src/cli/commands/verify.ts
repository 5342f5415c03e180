import { type Command, EXIT } from "../command.ts";
import { readToken } from "../input.ts";
import { printJson, printText, tell } from "../output.ts";
import { withService } from "../service.ts";

export const verify: Command = {
  summary: "print a live token's session as JSON, without extending it; exit code 1 if it isn't live",
  help: [],
  options: {},
  takesToken: true,
  async run(invocation) {
    const token = await readToken(invocation.flags);
    return withService(invocation, async (rwt) => {
      const session = await rwt.verify(token);
      if (invocation.json) printJson(session);
      else if (session === null) tell("not a live token: redis-web-token explain says why");
      else printText(JSON.stringify(session, undefined, 2));
      return session === null ? EXIT.no : EXIT.ok;
    });
  },
};
