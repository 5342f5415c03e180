import { type SessionEnv, useSession, useSessionStorage } from "@hono/session";
import type { MiddlewareHandler } from "hono";
import { openIoredis } from "../lib/clients.ts";
import { cookieHeader, cookieOf, honoRoute } from "../lib/hono-route.ts";
import { forge, type OpenPeer } from "../lib/peer.ts";
import { TTL, type User, user } from "../lib/user.ts";

/** `@hono/session`: an encrypted cookie with the id of a session in Redis, through ioredis. */
export const openHonoSession: OpenPeer = async (url) => {
  const redis = await openIoredis(url);
  const storage = useSessionStorage({
    async get(id) {
      const text = await redis.get(`sess:${id}`);
      return text === null ? null : JSON.parse(text);
    },
    async set(id, value) {
      await redis.set(`sess:${id}`, JSON.stringify(value), "EX", TTL);
    },
    async delete(id) {
      await redis.del(`sess:${id}`);
    },
  }) as unknown as MiddlewareHandler;
  const middleware = useSession({
    secret: "0".repeat(64),
    duration: { absolute: TTL },
  }) as unknown as MiddlewareHandler;
  const sessionOf = (c: { get(name: never): unknown }) =>
    c.get("session" as never) as SessionEnv<User>["Variables"]["session"];
  const { app, route, verify } = honoRoute([storage, middleware], (c) => sessionOf(c).get(), cookieHeader);
  app.post("/", async (c) => {
    await sessionOf(c).update(user);
    return c.body(null, 204);
  });
  return {
    name: "@hono/session",
    kind: "peer",
    sign: async () => cookieOf((await app.request("/", { method: "POST" })).headers.get("set-cookie")),
    verify,
    forge,
    route,
    close: () => redis.quit().then(() => {}),
  };
};
