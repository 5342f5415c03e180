import {
  type RedisCommand,
  type RedisConnection,
  type RedisStoreOptions,
  redisStore,
} from "../../src/redis/index.ts";
import type { NewSession, TokenStore } from "../../src/store.ts";

/** What a connection is to answer: a reply, or an error that it throws. */
export type Answer = unknown;

/** A store over a connection that notes what it is to send, and answers as it is told. For what no Redis does on demand. */
export function noting(
  answers: readonly Answer[],
  more: Partial<RedisConnection> = {},
  options: RedisStoreOptions = {},
): { readonly sent: RedisCommand[]; readonly store: TokenStore } {
  const sent: RedisCommand[] = [];
  const left = [...answers];
  const connection: RedisConnection = {
    async send(command) {
      sent.push(command);
      const answer = left.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    oneServer: true,
    close: async () => {},
    ...more,
  };
  const store = redisStore(connection, options);
  return { sent, store };
}

/** A session's keys without a subject, and with one. */
export const ALONE = { session: "{s}:s:a", member: "a" };
export const OWNED = { session: "{p}:s:a", member: "a", person: "{p}:p:x", index: "{p}:i:x" };

/** A session to store. */
export const newSession = (redis: NewSession["redis"], more: Partial<NewSession> = {}): NewSession => ({
  redis,
  issuedAt: 1_795_000_000,
  deadline: 1_795_000_600,
  ttl: 60,
  facts: "{}",
  data: "1",
  isSealed: false,
  ...more,
});

/** The value of {@link newSession}. */
export const VALUE = "1 1795000000 ----------- 00000 1 0000000000 0000000000 00000000 00000000\n{}\n1";
/** The same of a person's first session, and the person. */
export const OWNED_VALUE = VALUE.replace("-----------", "AbCd_-01234");
export const PERSON = "1 AbCd_-01234 00000000";
