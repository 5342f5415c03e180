import { createRwt } from "../create-rwt.ts";
import { encryption } from "../encryption/index.ts";
import type { Rwt } from "../rwt.ts";
import { sessions } from "../sessions/feature.ts";
import type { SessionMethods } from "../sessions/types.ts";
import type { Invocation } from "./command.ts";
import { readService } from "./environment.ts";

/** The service that the environment describes. It also reads encrypted sessions, but signs plain ones. */
export type Service = Rwt & SessionMethods;

/**
 * Runs `work` with the service that the environment describes, and then disconnects the service. Disconnecting only the store
 * wouldn't do: the service's background work would open it again.
 */
export async function withService<T>(
  { env, flags }: Invocation,
  work: (rwt: Service) => Promise<T>,
): Promise<T> {
  const rwt = createRwt(readService(env, flags))
    .with(encryption({ encrypt: false }))
    .with(sessions());
  try {
    return await work(rwt);
  } finally {
    await rwt.disconnect();
  }
}
