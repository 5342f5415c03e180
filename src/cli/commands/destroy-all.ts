import { createRwtWithSessions } from "../../sessions/create.ts";
import type { RedisStore } from "../../stores/redis.ts";
import { type Command, EXIT, required } from "../command.ts";
import { print, printJson, tell } from "../output.ts";
import { withService } from "../service.ts";

export const destroyAll: Command = {
  summary: "end all of a subject's sessions; print how many there were",
  help: [
    "--subject <id>     the user's id",
    "--progress         tell of each step on the standard error, as is done where that is a terminal",
  ],
  options: { subject: { type: "string" }, progress: { type: "boolean" } },
  async run(invocation) {
    const { flags, json } = invocation;
    const subject = required(flags, "subject");
    const isTold = flags.progress === true || process.stderr.isTTY === true;
    return withService(invocation, async (options) => {
      const store = isTold ? tellingOfSteps(options.store) : options.store;
      const ended = await createRwtWithSessions({ ...options, store }).destroyAll(subject);
      if (json) printJson({ ended });
      else print(`${ended} ended`);
      return EXIT.ok;
    });
  },
};

/** The store, which tells of each operation that is done. */
function tellingOfSteps(store: RedisStore): RedisStore {
  let steps = 0;
  return {
    ...store,
    async run(options, operation) {
      const result = await store.run(options, operation);
      tell(`step ${++steps} done, of up to 1000 sessions each`);
      return result;
    },
  };
}
