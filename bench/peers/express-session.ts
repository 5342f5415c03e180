import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { RedisStore } from "connect-redis";
import express from "express";
import session from "express-session";
import { openNodeRedis } from "../lib/clients.ts";
import { cookieHeader, cookieOf } from "../lib/hono-route.ts";
import { forge, type OpenPeer } from "../lib/peer.ts";
import { secret, TTL, type User, user } from "../lib/user.ts";

type WithUser = session.Session & { user?: User };

/** express-session with connect-redis. Its middleware is called without a server, with Node's own request and response objects. */
export const openExpressSession: OpenPeer = async (url) => {
  const client = await openNodeRedis(url);
  const middleware = (disableTouch: boolean) =>
    session({
      // Its types come from another copy of the client.
      store: new RedisStore({ client: client as never, ttl: TTL, disableTouch }),
      secret,
      resave: false,
      saveUninitialized: false,
    });
  const socket = new Socket();

  /** Passes a request through until its response ends. The middleware saves or touches the session before that. */
  const pass = (
    handler: ReturnType<typeof middleware>,
    cookie: string | undefined,
    work: (session: WithUser) => void,
  ) =>
    new Promise<ServerResponse>((resolve, reject) => {
      const req = Object.assign(new IncomingMessage(socket), { url: "/", originalUrl: "/", method: "GET" });
      if (cookie !== undefined) req.headers.cookie = cookie;
      const res = new ServerResponse(req);
      res.end = () => {
        resolve(res);
        return res;
      };
      handler(req as never, res as never, (error?: unknown) => {
        if (error) return reject(error);
        work((req as unknown as { session: WithUser }).session);
        res.writeHead(200);
        res.end();
      });
    });
  const plain = middleware(true);
  const touching = middleware(false);
  const check = async (handler: typeof plain, cookie: string) => {
    let found: User | null = null;
    await pass(handler, cookie, (session) => {
      found = session.user ?? null;
    });
    return found;
  };

  const app = express();
  app.disable("x-powered-by");
  app.use(plain);
  app.get("/", (req, res) => {
    const { user } = req.session as WithUser;
    if (user) res.json({ id: user.id });
    else res.status(401).json({ error: "unauthorized" });
  });

  return {
    name: "express-session, connect-redis",
    kind: "peer",
    floor: "GET and JSON.parse, node-redis",
    async sign() {
      const res = await pass(plain, undefined, (session) => {
        session.user = user;
      });
      return cookieOf(String(res.getHeader("set-cookie")));
    },
    verify: (cookie) => check(plain, cookie),
    verifySliding: (cookie) => check(touching, cookie),
    forge,
    route: { framework: "Express", listener: () => app, headers: cookieHeader },
    close: () => client.close().then(() => {}),
  };
};
