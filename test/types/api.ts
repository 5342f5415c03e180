/** Checked by `npm run typecheck`, like a user's code against the built declarations. Never run. */
import type { IncomingMessage } from "node:http";
import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis as CloudflareRedis } from "@upstash/redis/cloudflare";
import { type Context, Hono } from "hono";
import { Cluster, Redis } from "ioredis";
import { createClient, createClientPool, createCluster, createSentinel } from "redis";
import { createRwt, type Rwt, type RwtErrorCode, type Session, type TokenStore } from "redis-web-token";
import { events, type RejectionReason, type RwtEvent } from "redis-web-token/events";
import {
  type OptionalRwtVariables,
  type RwtVariables,
  rwtAuth,
  rwtCarrier,
  sessionOf,
  signIn,
} from "redis-web-token/hono";
import { ioredisStore } from "redis-web-token/ioredis";
import { memoryStore } from "redis-web-token/memory";
import { nodeRedisStore } from "redis-web-token/node-redis";
import { query, type RedisConnection, redisStore } from "redis-web-token/redis";
import { requestAuth } from "redis-web-token/request";
import { upstashStore } from "redis-web-token/upstash";

interface User {
  readonly id: string;
  readonly name?: string;
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Equal<A, B> extends true ? [] : [never]): void => {};

const store: TokenStore = memoryStore();
const secret = "s".repeat(32);
const rwt = createRwt<User>({ store, secret });

// What was signed comes back with its type.
same<Awaited<ReturnType<typeof rwt.verify>>, Session<User> | null>();
same<Awaited<ReturnType<typeof rwt.sign>>, string>();
same<Awaited<ReturnType<typeof rwt.destroy>>, boolean>();
export const typed: Promise<string> = rwt.sign(
  { id: "1" },
  { subject: "1", meta: { device: "x" }, expire: 1 },
);
// @ts-expect-error a user needs an id
rwt.sign({ name: "Ada" });
// @ts-expect-error no such option: it is expire
rwt.sign({ id: "1" }, { ttl: 60 });
rwt.sign({ id: "1" }, { auth: { at: 1, amr: ["pwd"], acr: "2" }, act: { sub: "support-7", reason: "x" } });
// @ts-expect-error an actor needs a sub
rwt.sign({ id: "1" }, { act: { reason: "x" } });
// @ts-expect-error seconds are a number
createRwt({ store, secret, expire: "3600" });
// @ts-expect-error a secret is needed
createRwt({ store });
// @ts-expect-error a store is needed
createRwt({ secret });
createRwt({ store, secret: [secret, new Uint8Array(32)] });
createRwt({ store, secret: new TextEncoder().encode(secret) });

// An event's type determines its members.
export const reasonOf = (event: RwtEvent): RejectionReason | undefined =>
  event.type === "rejected" ? event.reason : undefined;
// @ts-expect-error no event has a token
export const tokenOf = (event: RwtEvent): unknown => event.token;
events({
  onEvent(event) {
    if (event.type === "destroyed") same<typeof event.scope, "session" | "person">();
    if (event.type === "data_mismatch") same<typeof event.paths, readonly string[]>();
  },
});

// A header that may be missing can be passed on unchanged, and so can a request's signal.
export const maybe = (request: Request): Promise<Session<User> | null> =>
  rwt.verify(request.headers.get("x-access-token"), { signal: request.signal });
// @ts-expect-error a session may be null
export const unchecked = async (token: string): Promise<string> => (await rwt.verify(token)).data.id;
export function change(session: Session<User>): void {
  // @ts-expect-error a session can't be changed
  session.deadline = 0;
}

// Without a type argument the data is unknown, not any.
export const untyped = async (plain: Rwt): Promise<unknown> => (await plain.verify(""))?.data;
// @ts-expect-error unknown has no members
export const member = async (plain: Rwt): Promise<unknown> => (await plain.verify(""))?.data.id;

// All clients that people may already have.
upstashStore(new UpstashRedis({ url: "", token: "" }));
upstashStore(new CloudflareRedis({ url: "", token: "" }));
upstashStore({ url: "", token: "" }, { timeout: 1 });
ioredisStore(new Redis());
ioredisStore(new Cluster([]));
ioredisStore({ host: "", port: 1, tls: {} });
ioredisStore({ sentinels: [{ host: "", port: 1 }], name: "main" });
nodeRedisStore(createClient());
nodeRedisStore(createClient({ RESP: 2 }));
nodeRedisStore(createClientPool());
nodeRedisStore(createCluster({ rootNodes: [] }));
nodeRedisStore(createSentinel({ name: "", sentinelRootNodes: [] }));
nodeRedisStore({ url: "", socket: { tls: true } });
// @ts-expect-error a client of another library
ioredisStore(createClient());
// @ts-expect-error the URL alone is no credential
upstashStore({ url: "" });
export const own: RedisConnection = {
  send: ({ name, keys, args, write }, { signal }) =>
    Promise.resolve([name, keys[0], args[0], write, signal.aborted]),
  close: async () => {},
};
redisStore(own, { timeout: 1 });
export const ran: Promise<unknown> = store.run(query("GET", ["key"]));
// @ts-expect-error a command names its keys
export const guessed: unknown = store.run(["GET", "key"]);

// Codes are a closed union.
export const code = (error: { code: RwtErrorCode }): boolean => error.code === "ERR_RWT_STORE_UNAVAILABLE";
// @ts-expect-error no such code
export const noCode = (error: { code: RwtErrorCode }): boolean => error.code === "ERR_RWT_OOPS";

// The session in Hono has the user's type, through the app's variables …
const app = new Hono<{ Variables: RwtVariables<User> }>();
app.use("/private/*", rwtAuth({ rwt, from: ["bearer", "cookie"] }));
app.get("/private/me", (c) => c.text(c.var.session.data.id));
// @ts-expect-error no such member
app.get("/private/oops", (c) => c.text(c.var.session.data.age));

// … or through the middleware of the route …
new Hono().get("/me", rwtAuth({ rwt }), (c) => {
  same<typeof c.var.session, Session<User>>();
  return c.text(c.var.session.data.id);
});
// … and may be undefined if it is optional.
new Hono().get("/me", rwtAuth({ rwt, optional: true }), (c) => {
  same<typeof c.var.session, Session<User> | undefined>();
  return c.text(c.var.session?.data.id ?? "");
});
new Hono<{ Variables: OptionalRwtVariables<User> }>().get("/me", (c) => {
  // @ts-expect-error it may be missing
  return c.text(c.var.session.data.id);
});

// Without app-wide Variables, a route without the middleware has no session …
// @ts-expect-error the route has no rwtAuth
new Hono().get("/oops", (c) => c.text(c.var.session.data.id));
// … and an app that uses the middleware has one on all its routes.
const members = new Hono().use(rwtAuth({ rwt }));
members.get("/me", (c) => {
  same<typeof c.var.session, Session<User>>();
  return c.text(c.var.session.data.id);
});
members.post("/oops", async (c) => {
  // @ts-expect-error signIn takes the middleware's data
  return c.text(await signIn(c, { name: "no id" }));
});
const bound = new Hono<{ Bindings: { readonly RWT_SECRET: string } }>().use(rwtAuth({ rwt }));
bound.get("/me", (c) => {
  same<typeof c.var.session, Session<User>>();
  same<typeof c.env.RWT_SECRET, string>();
  return c.text(sessionOf(c).data.id);
});
new Hono().route("/members", members);
// sessionOf has the types of c.var.session.
app.get("/private/too", (c) => {
  same<ReturnType<typeof sessionOf<typeof c extends Context<infer E> ? E : never>>, Session<User>>();
  // @ts-expect-error no such member
  return c.text(sessionOf(c).data.age);
});
new Hono().get("/me", rwtAuth({ rwt, optional: true }), (c) => {
  // @ts-expect-error it may be missing
  return c.text(sessionOf(c).data.id);
});

// On Workers the service is created from the bindings, which are typed.
interface Bindings {
  readonly RWT_SECRET: string;
}
const rwtOf = (env: Bindings): Rwt<User> => createRwt<User>({ store, secret: env.RWT_SECRET });
const worker = new Hono<{ Bindings: Bindings; Variables: RwtVariables<User> }>();
worker.use("/a/*", rwtAuth({ rwt: (c: Context<{ Bindings: Bindings }>) => rwtOf(c.env) }));
worker.use("/b/*", rwtAuth({ rwt: (c) => rwtOf(c.env) }));
worker.post("/login", async (c) => c.text(await signIn(c, { id: "1" }, { subject: "1" })));
// @ts-expect-error signIn takes what the app's sessions hold
worker.post("/oops", async (c) => c.text(await signIn(c, { name: "no id" })));
new Hono().post("/oops", rwtCarrier({ rwt }), async (c) => {
  same<typeof c.var.session, Session<User> | undefined>();
  // @ts-expect-error the same through the middleware of the route
  return c.text(await signIn(c, { name: "no id" }));
});
// @ts-expect-error a middleware that checks nothing is rwtCarrier
rwtAuth({ rwt, verify: false });
// @ts-expect-error it lets every request through anyway
rwtCarrier({ rwt, optional: true });
new Hono().post("/any", async (c) => c.text(await signIn(c, "an app without RwtVariables")));
export const helper = (c: Context): Promise<string> => signIn(c, "a context of any app");
// @ts-expect-error no such carrier: a token in a URL ends up in logs
rwtAuth({ rwt, from: ["query"] });

// Without Hono, a request results in a session or a response …
const auth = requestAuth({ rwt, from: ["bearer", "cookie"] });
export async function handler(request: Request): Promise<Response> {
  const session = await auth.authenticate(request);
  same<typeof session, Session<User> | Response>();
  if (session instanceof Response) return session;
  const signedIn = await auth.signIn(request, { id: "1" }, { subject: "1" });
  return signedIn instanceof Response
    ? signedIn
    : new Response(session.data.id, { headers: signedIn.headers });
}
// … or null if it is optional.
export const optional = async (request: Request): Promise<void> => {
  const session = await requestAuth({ rwt, optional: true }).authenticate(request);
  same<typeof session, Session<User> | Response | null>();
};
export const ofNode = (request: IncomingMessage): unknown => auth.authenticate(request);
export const ofParts = (headers: Headers): unknown => auth.authenticate({ method: "GET", headers });
// @ts-expect-error without its method, a POST would count as a read
export const withoutMethod = (headers: Headers): unknown => auth.authenticate({ headers });
// @ts-expect-error the request determines which sessions a sign-in replaces
export const replacing = (request: Request): unknown => auth.signIn(request, { id: "1" }, { replaces: [] });
// @ts-expect-error signIn takes what the sessions hold
export const wrongUser = (request: Request): unknown => auth.signIn(request, { name: "no id" });
// @ts-expect-error only Hono accepts a function of the context
requestAuth({ rwt: (_context: object) => rwt });
// @ts-expect-error HTTP has no connection to wait on
upstashStore({ url: "", token: "" }, { replicas: 1 });

// A requirement refuses strangers too, so the session isn't null.
const optionalAuth = requestAuth<User>({ rwt, optional: true });
export async function recent(request: Request): Promise<string> {
  const session = await optionalAuth.authenticate(request, { require: { maxAge: 300 } });
  const anyone = await optionalAuth.authenticate(request);
  same<typeof anyone, Session<User> | Response | null>();
  return session instanceof Response ? "" : `${session.data.id} ${session.auth?.at} ${session.act?.sub}`;
}
rwtAuth({ rwt, require: { maxAge: 300, amr: ["otp"], acr: ["2"] } });
// @ts-expect-error rwtCarrier checks nothing
rwtCarrier({ rwt, require: { maxAge: 300 } });
