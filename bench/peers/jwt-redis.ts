import module from "jwt-redis";
import { createClient } from "redis";
import { bearerHeader, honoRoute } from "../lib/hono-route.ts";
import { forge, type OpenPeer, orNull } from "../lib/peer.ts";
import { secret, TTL, type User, user } from "../lib/user.ts";

/** jwt-redis: a JWT whose id is stored in Redis, through node-redis 4, which it requires. */
export const openJwtRedis: OpenPeer = async (url) => {
  const client = createClient({ url });
  await client.connect();
  const jwt = new module.default(client as never);
  const verify = (token: string) => orNull(jwt.verify<User>(token, secret));
  return {
    name: "jwt-redis",
    kind: "peer",
    floor: "GET and JSON.parse, node-redis",
    sign: () => jwt.sign(user, secret, { expiresIn: TTL }),
    verify,
    forge,
    route: honoRoute([], (c) => verify(c.req.header("authorization")?.slice(7) ?? ""), bearerHeader).route,
    close: () => client.quit().then(() => {}),
  };
};
