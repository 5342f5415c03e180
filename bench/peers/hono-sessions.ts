import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { type Session, type SessionData, type Store, sessionMiddleware } from "hono-sessions";
import { openIoredis } from "../lib/clients.ts";
import { cookieHeader, cookieOf, honoRoute } from "../lib/hono-route.ts";
import type { OpenPeer } from "../lib/peer.ts";
import { TTL, type User, user } from "../lib/user.ts";

/** hono-sessions with a plain id as its cookie, its fastest setting, through ioredis. */
export const openHonoSessions: OpenPeer = async (url) => {
  const redis = await openIoredis(url);
  const write = async (id: string, data: SessionData) => {
    await redis.set(`sess:${id}`, JSON.stringify(data), "EX", TTL);
  };
  const store: Store = {
    async getSessionById(id) {
      const text = await redis.get(`sess:${id}`);
      return text === null ? null : (JSON.parse(text) as SessionData);
    },
    createSession: write,
    persistSessionData: write,
    async deleteSession(id) {
      await redis.del(`sess:${id}`);
    },
  };
  const middleware = (autoExtendExpiration: boolean) =>
    sessionMiddleware({
      store,
      expireAfterSeconds: TTL,
      autoExtendExpiration,
      cookieOptions: { path: "/", httpOnly: true, sameSite: "Lax" },
    }) as unknown as MiddlewareHandler;
  const userOf = (c: { get(name: string): unknown }) =>
    (c.get("session") as Session<{ user: User }>).get("user");
  const plain = honoRoute([middleware(false)], userOf, cookieHeader);
  const sliding = honoRoute([middleware(true)], userOf, cookieHeader);
  plain.app.post("/", (c) => {
    (c.get("session" as never) as Session<{ user: User }>).set("user", user);
    return c.body(null, 204);
  });
  return {
    name: "hono-sessions",
    kind: "peer",
    sign: async () => cookieOf((await plain.app.request("/", { method: "POST" })).headers.get("set-cookie")),
    verify: plain.verify,
    verifySliding: sliding.verify,
    // The id isn't signed.
    forge: () => `session=${randomUUID()}`,
    route: plain.route,
    close: () => redis.quit().then(() => {}),
  };
};
