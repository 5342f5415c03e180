import { createRwt, type Rwt } from "redis-web-token";
import { type RwtVariables, rwtAuth } from "redis-web-token/hono";
import { ioredisStore } from "redis-web-token/ioredis";
import { nodeRedisStore } from "redis-web-token/node-redis";
import { forged } from "../../test/support/forged.ts";
import { openIoredis, openNodeRedis } from "./clients.ts";
import { bearerHeader, honoRoute } from "./hono-route.ts";
import type { OpenPeer, Peer } from "./peer.ts";
import { secret, TTL, type User, user } from "./user.ts";

type Store = Parameters<typeof createRwt>[0]["store"];

// Outside bench/peers, where the package's own name means the package as it is built.
export const serviceOver = (store: Store, verifyExtendsToken = false): Rwt<User> =>
  createRwt<User>({ store, secret, expire: TTL, verifyExtendsToken });

function ours(client: "ioredis" | "node-redis", store: Store, close: () => Promise<unknown>): Peer {
  const rwt = serviceOver(store);
  const sliding = serviceOver(store, true);
  return {
    name: `redis-web-token, ${client}`,
    kind: "ours",
    floor: `GET and JSON.parse, ${client}`,
    sign: () => rwt.sign(user),
    verify: async (token) => (await rwt.verify(token))?.data ?? null,
    verifySliding: async (token) => (await sliding.verify(token))?.data ?? null,
    forge: forged,
    route: behindAuth(rwt).route,
    close: async () => void (await close()),
  };
}

function behindAuth(rwt: Rwt<User>): ReturnType<typeof honoRoute> {
  return honoRoute(
    [rwtAuth({ rwt })],
    (c) => (c.get("session" as never) as RwtVariables<User>["session"]).data,
    bearerHeader,
  );
}

/** What any service makes of a Redis: another instance than the one that signs. */
export async function storeOn(
  client: "ioredis" | "node-redis",
  url: string,
): Promise<{ store: Store; close: () => Promise<unknown> }> {
  if (client === "ioredis") {
    const redis = await openIoredis(url);
    return { store: ioredisStore(redis), close: () => redis.quit() };
  }
  const redis = await openNodeRedis(url);
  return { store: nodeRedisStore(redis), close: () => redis.close() };
}

export const openOurs =
  (client: "ioredis" | "node-redis"): OpenPeer =>
  async (url) => {
    const { store, close } = await storeOn(client, url);
    return ours(client, store, close);
  };

/** Called as a Hono middleware, as the peers are that are nothing else. */
export const openOursInHono: OpenPeer = async (url) => {
  const { store, close } = await storeOn("ioredis", url);
  const rwt = serviceOver(store);
  return {
    name: "redis-web-token, as a Hono middleware",
    kind: "ours",
    sign: () => rwt.sign(user),
    verify: behindAuth(rwt).verify,
    verifySliding: behindAuth(serviceOver(store, true)).verify,
    forge: forged,
    close: async () => void (await close()),
  };
};
