import { SessionLimitError } from "../errors.ts";
import { cleanIndex, type SignLimit, storeOfPerson } from "../new-session.ts";
import type { ServiceParts } from "../parts.ts";
import { personKeys } from "../token/keys.ts";

/** Stores a person's new session within a limit. */
export function withLimit(parts: ServiceParts, limit: SignLimit | undefined): ServiceParts["storeSession"] {
  if (limit === undefined) return parts.storeSession;
  const { store, prefix, now } = parts.settings;
  return async (session, options) => {
    const { person, member } = session;
    if (person === undefined) return parts.storeSession(session, options);
    const keys = personKeys(prefix, person);
    let reply = await storeOfPerson(store, session, now(), options, limit);
    if (reply.status === "full") {
      const counted = reply.members
        .filter((each) => each !== member)
        .map((each) => ({ key: keys.session(each), member: each }));
      reply = await storeOfPerson(store, session, now(), options, { ...limit, counted });
    }
    if (reply.status === "limit")
      throw new SessionLimitError(`the person has ${limit.max} sessions already: end one first`);
    const { members } = reply;
    parts.background.start((cleaning) => cleanIndex(store, keys, members, cleaning));
  };
}
