import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { makeSignature } from "better-auth/crypto";
import { openIoredis } from "../lib/clients.ts";
import { cookieHeader, honoRoute } from "../lib/hono-route.ts";
import { forge, type OpenPeer } from "../lib/peer.ts";
import { secret, TTL, type User, user } from "../lib/user.ts";

/** Several users, since better-auth stores a list of each user's sessions, which would get very long with a single user. */
const USERS = 500;

/** better-auth with its sessions in Redis (`secondaryStorage`) through ioredis. Its database is in memory. */
export const openBetterAuth: OpenPeer = async (url) => {
  const redis = await openIoredis(url);
  const tables = { user: [], session: [], account: [], verification: [] };
  const auth = betterAuth({
    secret,
    baseURL: "http://localhost",
    database: memoryAdapter(tables),
    secondaryStorage: {
      get: (key) => redis.get(key),
      set: async (key, value, ttl) => {
        await (ttl === undefined ? redis.set(key, value) : redis.set(key, value, "EX", ttl));
      },
      delete: async (key) => {
        await redis.del(key);
      },
      getAndDelete: (key) => redis.getdel(key),
      increment: async (key, ttl) => {
        const count = await redis.incr(key);
        await redis.expire(key, ttl);
        return count;
      },
    },
    user: { additionalFields: { note: { type: "string" } } },
    session: { expiresIn: TTL },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  });
  const { internalAdapter, authCookies } = await auth.$context;
  const ids: string[] = [];
  for (let i = 0; i < USERS; i++) {
    const fields = {
      name: String(user.name),
      email: `user-${i}@example.com`,
      emailVerified: true,
      note: user.note,
    };
    ids.push((await internalAdapter.createUser(fields as never, { method: "email" } as never)).id);
  }
  let signed = 0;
  const check = async (cookie: string): Promise<User | null> => {
    const found = await auth.api.getSession({ headers: new Headers({ cookie }) });
    return found && { ...user, id: "42" };
  };
  return {
    name: "better-auth, Redis secondary storage",
    kind: "peer",
    async sign() {
      const { token } = await internalAdapter.createSession(ids[signed++ % USERS] ?? "");
      const signature = await makeSignature(token, secret);
      return `${authCookies.sessionToken.name}=${encodeURIComponent(`${token}.${signature}`)}`;
    },
    verify: check,
    forge,
    route: honoRoute([], (c) => check(c.req.header("cookie") ?? ""), cookieHeader).route,
    close: () => redis.quit().then(() => {}),
  };
};
