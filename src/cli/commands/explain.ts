import { explainToken } from "../../explain/explain-token.ts";
import { type Command, EXIT } from "../command.ts";
import { readToken } from "../input.ts";
import { date, printFields, printJson } from "../output.ts";
import { withService } from "../service.ts";

export const explain: Command = {
  summary:
    "say why a token isn't live: malformed, forged, expired, rotated, unknown; exit code 0 if it is live",
  help: [],
  options: {},
  takesToken: true,
  async run(invocation) {
    const token = await readToken(invocation.flags);
    return withService(invocation, async (rwt) => {
      const explanation = await explainToken(rwt, token);
      const { status, reason, id, secret, deadline, expire, issuedAt, subject, idle } = explanation;
      if (invocation.json) printJson(explanation);
      else
        printFields({
          status,
          reason,
          "session id": id,
          subject,
          secret:
            secret === undefined ? undefined : `number ${secret + 1} of the ring, counted from the newest`,
          issued: issuedAt && date(issuedAt),
          deadline: deadline && date(deadline),
          "idle timeout": expire && `${expire} s`,
          "idle expiry in": idle === undefined ? undefined : `${idle} s`,
        });
      return status === "live" ? EXIT.ok : EXIT.no;
    });
  },
};
