import { OptionTypeError } from "../errors.ts";

/** Refuses a store, and another library's client, which would otherwise count as options without a host, so as localhost. */
export function refuseOtherClient(target: unknown): void {
  if (typeof target !== "object" || target === null) return;
  if ("check" in target)
    throw new OptionTypeError("client", "the client must not be a store: pass the store to createRwt");
  if (!["call", "sendCommand", "exec", "get"].some((name) => name in target)) return;
  throw new OptionTypeError(
    "client",
    "this client is another library's: use ioredisStore for ioredis, nodeRedisStore for redis, upstashStore for @upstash/redis",
  );
}
