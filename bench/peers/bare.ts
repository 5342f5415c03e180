import { randomBytes } from "node:crypto";
import { type IoredisSettings, openIoredis, openNodeRedis } from "../lib/clients.ts";
import { bearerHeader, honoRoute } from "../lib/hono-route.ts";
import type { OpenPeer, Peer } from "../lib/peer.ts";
import { bareOn, type Client, PIPELINED } from "../lib/speeds.ts";
import { TTL, type User, user } from "../lib/user.ts";

interface Commands {
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<string | null>;
  getex(key: string): Promise<string | null>;
  close(): Promise<unknown>;
}

/** The least that a session in Redis can cost: a random key of 32 characters, and the user's JSON. */
function bare(client: Client, { set, get, getex, close }: Commands): Peer {
  const parse = (text: string | null) => (text === null ? null : (JSON.parse(text) as User));
  const verify = async (key: string) => parse(await get(key));
  return {
    name: bareOn(client),
    kind: "bare",
    async sign() {
      const key = randomBytes(24).toString("base64url");
      await set(key, JSON.stringify(user));
      return key;
    },
    verify,
    verifySliding: async (key) => parse(await getex(key)),
    route: honoRoute([], (c) => verify(c.req.header("authorization")?.slice(7) ?? ""), bearerHeader).route,
    close: async () => void (await close()),
  };
}

const openIoredisAs =
  (name: Client, options: IoredisSettings): OpenPeer =>
  async (url) => {
    const redis = await openIoredis(url, options);
    return bare(name, {
      set: (key, value) => redis.set(key, value, "EX", TTL),
      get: (key) => redis.get(key),
      getex: (key) => redis.getex(key, "EX", TTL),
      close: () => redis.quit(),
    });
  };

export const openBareIoredis: OpenPeer = openIoredisAs("ioredis", {});
export const openBarePipelined: OpenPeer = openIoredisAs(PIPELINED, { enableAutoPipelining: true });

export const openBareNodeRedis: OpenPeer = async (url) => {
  const redis = await openNodeRedis(url);
  return bare("node-redis", {
    set: (key, value) => redis.set(key, value, { expiration: { type: "EX", value: TTL } }),
    get: (key) => redis.get(key),
    getex: (key) => redis.getEx(key, { type: "EX", value: TTL }),
    close: () => redis.close(),
  });
};
