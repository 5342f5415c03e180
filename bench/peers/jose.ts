import { jwtVerify, SignJWT } from "jose";
import { bearerHeader, honoRoute } from "../lib/hono-route.ts";
import { forge, type OpenPeer, orNull } from "../lib/peer.ts";
import { secret, TTL, type User, user } from "../lib/user.ts";

/** jose with HS256 and a key that is imported once. It asks no server and can't revoke. */
export const openJose: OpenPeer = async () => {
  const hash = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), hash, false, [
    "sign",
    "verify",
  ]);
  const options = { algorithms: ["HS256"] };
  const verify = (token: string) =>
    orNull(jwtVerify(token, key, options).then(({ payload }) => payload as unknown as User));
  return {
    name: "jose, HS256",
    kind: "stateless",
    sign: () => new SignJWT(user).setProtectedHeader({ alg: "HS256" }).setExpirationTime(`${TTL}s`).sign(key),
    verify,
    forge,
    route: honoRoute([], (c) => verify(c.req.header("authorization")?.slice(7) ?? ""), bearerHeader).route,
    close: async () => {},
  };
};
