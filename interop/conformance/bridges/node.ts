/** The bridge of TypeScript on Node, over the package as users have it. */
import { ioredisStore } from "redis-web-token/ioredis";
import { linesOf } from "../../../test/support/lines.ts";
import { createAnswerer } from "./answer.ts";

const answer = createAnswerer("TypeScript on Node", ({ redis, timeout = 1500 }) =>
  ioredisStore(redis, { timeout }),
);

for await (const line of linesOf(process.stdin)) console.log(JSON.stringify(await answer(JSON.parse(line))));
process.exit();
