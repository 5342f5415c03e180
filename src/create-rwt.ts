import { type RwtOptions, readOptions } from "./options.ts";
import type { Rwt } from "./rwt.ts";
import { createService } from "./service.ts";

/**
 * Makes a token service.
 *
 * @throws OptionTypeError, OptionRangeError with a stable `code`, naming the option
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { upstashStore } from "redis-web-token/upstash";
 *
 * const rwt = createRwt<{ id: string; name: string }>({
 *   store: upstashStore({ url: "https://….upstash.io", token: "…" }),
 *   secret: ["the current secret, 32 bytes or more", "the one before it, still good for opening"],
 *   expire: 3600,
 *   verifyExtendsToken: true,
 * });
 * ```
 */
export function createRwt<Data = unknown>(options: RwtOptions): Rwt<Data> {
  return createService(readOptions(options)) as unknown as Rwt<Data>;
}
