import type { ServiceParts } from "../parts.ts";
import type { SessionLimit } from "../store.ts";

/** Makes `create` apply the limit of sessions per person. */
export const withLimit = (
  { open, create }: ServiceParts,
  limit: SessionLimit | undefined,
): ServiceParts["create"] =>
  limit === undefined
    ? create
    : async (session, options, replaces) => {
        const replaced = await Promise.all(replaces.map(async (token) => open(token)));
        const uncounted = replaced.flatMap((one) => one?.redis.member ?? []);
        return create(session, { ...options, limit, uncounted }, replaces);
      };
