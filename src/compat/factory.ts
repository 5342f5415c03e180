import type { LegacySession } from "../legacy/feature.ts";
import { typeError } from "../lib/check.ts";
import { answer } from "./answer.ts";
import { plainUser } from "./plain-user.ts";
import { createServices, type OpenStore } from "./services.ts";
import type { CompatConfig, CompatRwt, CompatSignParams } from "./types.ts";

/** Makes the original's methods over a token service. */
export type RwtFactory = <User = Record<string, unknown>>(config?: CompatConfig<User>) => CompatRwt<User>;

/** @param openStore - opens a store; which stores there are depends on the runtime */
export const createFactory =
  (openStore: OpenStore): RwtFactory =>
  <User>(config: CompatConfig<User> = {}): CompatRwt<User> => {
    const { store, of } = createServices(config, openStore);

    /** Makes a method that takes a token and a secret, and checks both as the original did. */
    const byToken =
      <Result>(
        work: (token: string, secret: string) => Promise<Result>,
        spread?: (result: Result) => readonly unknown[],
      ) =>
      (token: unknown, secret: unknown, callback?: unknown) =>
        answer(callback, () => work(textOf("token", token), textOf("secret", secret)), spread);

    const session = (token: string, secret: string): Promise<LegacySession<User> | null> =>
      of(secret).verify(token);
    const userOf = (found: LegacySession<User> | null): User | null => (found === null ? null : found.data);

    const methods = {
      sign(user: unknown, secret: unknown, ...rest: readonly unknown[]) {
        const [params, callback] = typeof rest[0] === "function" ? [undefined, ...rest] : rest;
        return answer(callback, () => {
          const [data, key] = [plainUser(user) as User, textOf("secret", secret)];
          const options = (params as CompatSignParams) ?? {};
          return of(key, options.expire).sign(data, options);
        });
      },
      verify: byToken(session, (found) => [userOf(found), ...newTokenOf(found)]),
      session: byToken(session),
      extend: byToken((token, secret) => of(secret).extend(token)),
      destroy: byToken((token, secret) => of(secret).destroy(token)),
      connect(callback?: unknown) {
        const connecting = answer(callback, () => store.connect());
        // Often not awaited, so an outage mustn't end the process here. It shows in the calls that need Redis.
        connecting?.catch(() => {});
        return connecting;
      },
      disconnect: (callback?: unknown) => answer(callback, () => store.disconnect()),
      expireOrphans: (secret: unknown, callback?: unknown) =>
        answer(callback, () => of(textOf("secret", secret)).expireOrphans()),
    };
    // One implementation can't express all overloads.
    return Object.freeze(methods) as CompatRwt<User>;
  };

const newTokenOf = (found: LegacySession | null): readonly string[] =>
  found?.newToken === undefined ? [] : [found.newToken];

function textOf(name: string, value: unknown): string {
  if (typeof value !== "string") throw typeError(name, "text", value);
  return value;
}
