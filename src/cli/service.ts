import type { RwtOptions } from "../options.ts";
import type { TokenStore } from "../store.ts";
import type { Invocation } from "./command.ts";
import { readService } from "./environment.ts";

/** Does something with the service that the environment describes, and closes its connection. */
export async function withService<T>(
  { env, flags }: Invocation,
  work: (options: RwtOptions & { readonly store: TokenStore }) => Promise<T>,
): Promise<T> {
  const options = readService(env, flags);
  try {
    return await work(options);
  } finally {
    await options.store.disconnect();
  }
}
