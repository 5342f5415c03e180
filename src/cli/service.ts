import { createRwt } from "../create-rwt.ts";
import { encryption } from "../encryption/index.ts";
import type { Rwt } from "../rwt.ts";
import { sessions } from "../sessions/feature.ts";
import type { SessionMethods } from "../sessions/types.ts";
import type { Invocation } from "./command.ts";
import { readService } from "./environment.ts";

/** The service that the environment describes. It reads encrypted sessions too, and signs plain ones. */
export type Service = Rwt & SessionMethods;

/**
 * Does something with the service that the environment describes, and closes its connection: by the service, which has work
 * under way that would open the store again.
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
