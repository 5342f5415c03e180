/** The bridge of TypeScript in workerd, where Redis is reached over HTTP. A question is a request, and the response its answer. */
import { upstashStore } from "redis-web-token/upstash";
import { createAnswerer } from "./answer.ts";

const answer = createAnswerer("TypeScript in workerd", ({ rest, timeout = 1500 }) => {
  if (rest === undefined) throw new Error("a Worker needs Redis over HTTP");
  return upstashStore(rest, { timeout });
});

export default {
  fetch: async (request: Request): Promise<Response> => Response.json(await answer(await request.json())),
};
