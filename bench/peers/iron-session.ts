import { sealData, unsealData } from "iron-session";
import { bearerHeader, honoRoute } from "../lib/hono-route.ts";
import { forge, type OpenPeer } from "../lib/peer.ts";
import { secret, TTL, type User, user } from "../lib/user.ts";

/** iron-session: the credential is the user's data, sealed. It asks no server and can't revoke. */
export const openIronSession: OpenPeer = async () => {
  const options = { password: secret, ttl: TTL };
  const verify = async (seal: string) => {
    const found = await unsealData<Partial<User>>(seal, options);
    return found.id === undefined ? null : (found as User);
  };
  return {
    name: "iron-session",
    kind: "stateless",
    sign: () => sealData(user, options),
    verify,
    forge: (seal) => forge(seal.replace(/~\d*$/, "")) + (/~\d*$/.exec(seal)?.[0] ?? ""),
    route: honoRoute([], (c) => verify(c.req.header("authorization")?.slice(7) ?? ""), bearerHeader).route,
    close: async () => {},
  };
};
