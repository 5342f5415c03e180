import module from "redis-sessions";
import type { OpenPeer } from "../lib/peer.ts";
import { TTL, type User, user } from "../lib/user.ts";

// A CommonJS module that has a property named `default`.
const RedisSessions = module.default;

/** redis-sessions without its cache, which would still return sessions that were revoked elsewhere. Its `get` always slides. */
export const openRedisSessions: OpenPeer = async (url) => {
  const { hostname, port } = new URL(url);
  const sessions = new RedisSessions<User>({ host: hostname, port: Number(port), wipe: 0 });
  const verify = async (token: string) => (await sessions.get({ app: "bench", token }))?.d ?? null;
  return {
    name: "redis-sessions",
    kind: "peer",
    floor: "GET and JSON.parse, node-redis",
    sign: async () => {
      const { token } = await sessions.create({
        app: "bench",
        id: user.id,
        ip: "127.0.0.1",
        ttl: TTL,
        d: user,
      });
      return token;
    },
    verify,
    verifySliding: verify,
    close: () => sessions.quit(),
  };
};
