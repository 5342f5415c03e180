import { OptionTypeError } from "../errors.ts";
import { upstashStore } from "../stores/upstash.ts";
import { createFactory, type RwtFactory } from "./factory.ts";
import { httpOptions, isHttp } from "./http.ts";

/** The factory for runtimes without TCP, whose bundle must not contain a TCP client: `redis-web-token/compat` on Workers. */
export const rwt: RwtFactory = createFactory((redis) => {
  if (isHttp(redis)) return upstashStore(...httpOptions(redis));
  throw new OptionTypeError(
    "redis",
    "redis must be { url, token } of a Redis over HTTP, or a store: this runtime's build has no TCP client",
  );
});

export { rwt as default, rwt as "module.exports" };
