import { SessionLimitError } from "../errors.ts";
import type { ServiceParts } from "../parts.ts";
import { unexpectedReply } from "../redis/faults.ts";
import { cleanIndex, type SignLimit, signPerson } from "../redis/sign.ts";
import { personOf } from "../token/keys.ts";

/** Stores a person's new session within a limit. */
export function withLimit(
  { settings: { store }, open, create }: ServiceParts,
  limit: SignLimit | undefined,
): ServiceParts["create"] {
  if (limit === undefined) return create;
  return async (session, options, replaces) => {
    const person = personOf(session.redis);
    if (person === undefined) return create(session, options, replaces);
    let reply = await signPerson(store, person, session, options, limit);
    if (reply.status === "full") {
      const opened = await Promise.all(replaces.map((token) => open(token)));
      const uncounted = [session, ...opened].map((one) => one?.redis.member);
      const counted = reply.members
        // One past its deadline counts no more, though its key may be there for a part of a second.
        .filter(({ name, deadline }) => !uncounted.includes(name) && deadline - options.now >= 1)
        .map(({ name }) => name);
      const known = counted.length === 0 ? undefined : { ...limit, counted };
      reply = await signPerson(store, person, session, options, known);
    }
    if (reply.status === "full") throw unexpectedReply();
    if (reply.status === "limit")
      throw new SessionLimitError(`the person has ${limit.max} sessions already: end one first`);
    const { members } = reply;
    store.later((call) => cleanIndex(store, person, members, call));
  };
}
