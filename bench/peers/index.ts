import { openOurs, openOursInHono } from "../lib/ours.ts";
import type { OpenPeer } from "../lib/peer.ts";
import { PIPELINED } from "../lib/speeds.ts";
import { openBareIoredis, openBareNodeRedis, openBarePipelined } from "./bare.ts";
import { openBetterAuth } from "./better-auth.ts";
import { openExpressSession } from "./express-session.ts";
import { openHonoSession } from "./hono-session.ts";
import { openHonoSessions } from "./hono-sessions.ts";
import { openIronSession } from "./iron-session.ts";
import { openJose } from "./jose.ts";
import { openJwtRedis } from "./jwt-redis.ts";
import { openRedisSessions } from "./redis-sessions.ts";

const bareClients = [openBareIoredis, openBareNodeRedis];
const ours = [
  openOurs("ioredis", { subjects: false }),
  openOurs("ioredis", { subjects: true }),
  openOurs("node-redis", { subjects: false }),
  openOurs("node-redis", { subjects: true }),
];
const others = [
  openOursInHono,
  openExpressSession,
  openHonoSessions,
  openHonoSession,
  openBetterAuth,
  openRedisSessions,
  openJwtRedis,
  openJose,
  openIronSession,
];

/** All peers, in the order of the tables. */
export const peers: readonly OpenPeer[] = [...bareClients, ...ours, ...others];

/** The same, with the clients in every setting that makes a difference to speed. */
export const peersInEverySetting: readonly OpenPeer[] = [
  ...bareClients,
  openBarePipelined,
  ...ours,
  openOurs(PIPELINED, { subjects: false }),
  ...others,
];
