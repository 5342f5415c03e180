import { createRwt, type Rwt } from "redis-web-token";
import { type RwtVariables, rwtAuth } from "redis-web-token/hono";
import { ioredisStore } from "redis-web-token/ioredis";
import { nodeRedisStore } from "redis-web-token/node-redis";
import { type SessionMethods, type SessionsOptions, sessions } from "redis-web-token/sessions";
import { forged } from "../../test/support/forged.ts";
import { openIoredis, openNodeRedis } from "./clients.ts";
import { bearerHeader, honoRoute } from "./hono-route.ts";
import type { OpenPeer, Peer } from "./peer.ts";
import { bareOn, type Client, IN_HONO, oursOn, PIPELINED, withSubject } from "./speeds.ts";
import { secret, TTL, type User, user } from "./user.ts";

type Store = Parameters<typeof createRwt>[0]["store"];

// This file isn't in bench/peers, because its node_modules would hide the built package.
export const serviceOver = (store: Store, verifyExtendsToken = false): Rwt<User> =>
  createRwt<User>({ store, secret, expire: TTL, verifyExtendsToken });

export type SessionsService = Rwt<User> & SessionMethods<User, User>;

export const serviceWithSessions = (store: Store, options: SessionsOptions = {}): SessionsService =>
  serviceOver(store).with(sessions({ ...options, schema: undefined }));

interface OursOptions {
  /** Whether each session has a subject of its own. */
  readonly subjects: boolean;
}

function ours(client: Client, { subjects }: OursOptions, store: Store, close: () => Promise<unknown>): Peer {
  const rwt = serviceOver(store);
  const sliding = serviceOver(store, true);
  return {
    name: subjects ? withSubject(client) : oursOn(client),
    kind: "ours",
    floor: bareOn(client),
    sign: signerOf(rwt, subjects),
    verify: async (token) => (await rwt.verify(token))?.data ?? null,
    verifySliding: async (token) => (await sliding.verify(token))?.data ?? null,
    forge: forged,
    route: behindAuth(rwt).route,
    close: async () => void (await close()),
  };
}

let lastSubject = 0;

/** Signs the user in, each time with a new subject, or without one. */
export const signerOf =
  (rwt: Rwt<User>, subjects: boolean): (() => Promise<string>) =>
  () =>
    rwt.sign(user, subjects ? { subject: `user-${++lastSubject}` } : {});

function behindAuth(rwt: Rwt<User>): ReturnType<typeof honoRoute> {
  return honoRoute(
    [rwtAuth({ rwt })],
    (c) => (c.get("session" as never) as RwtVariables<User>["session"]).data,
    bearerHeader,
  );
}

/** A store over a client of its own, made as a user would. */
export async function storeOn(
  client: Client,
  url: string,
): Promise<{ store: Store; close: () => Promise<unknown> }> {
  if (client === "node-redis") {
    const redis = await openNodeRedis(url);
    return { store: nodeRedisStore(redis), close: () => redis.close() };
  }
  const redis = await openIoredis(url, { enableAutoPipelining: client === PIPELINED });
  return { store: ioredisStore(redis), close: () => redis.quit() };
}

export const openOurs =
  (client: Client, options: OursOptions): OpenPeer =>
  async (url) => {
    const { store, close } = await storeOn(client, url);
    return ours(client, options, store, close);
  };

/** The library called as a Hono middleware, for comparison with peers that can't be called in another way. */
export const openOursInHono: OpenPeer = async (url) => {
  const { store, close } = await storeOn("ioredis", url);
  const rwt = serviceOver(store);
  return {
    name: IN_HONO,
    kind: "ours",
    sign: () => rwt.sign(user),
    verify: behindAuth(rwt).verify,
    verifySliding: behindAuth(serviceOver(store, true)).verify,
    forge: forged,
    close: async () => void (await close()),
  };
};
