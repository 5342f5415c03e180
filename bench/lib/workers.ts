/** What a Worker of the benchmark needs to know. */
export interface WorkerSettings {
  readonly url: string;
  readonly token: string;
  readonly secret: string;
}

/** A Hono app for a Worker, as its source. */
export interface WorkerApp {
  readonly name: string;
  readonly code: (settings: WorkerSettings) => string;
}

export const PLAIN_WORKER = "plain Hono route";
export const JWT_WORKER = "hono/jwt, HS256";
export const FETCH_WORKER = "bare fetch of GET";
export const UPSTASH_WORKER = "@upstash/redis, GET";
export const LEAN_UPSTASH_WORKER = `${UPSTASH_WORKER}, its extras turned off`;
export const OUR_WORKER = "redis-web-token, rwtAuth and upstashStore";
export const CACHING_WORKER = `${OUR_WORKER}, with cache`;

const HONO = 'import { Hono } from "hono";\nconst app = new Hono();';
const BEARER = 'c.req.header("authorization")?.slice(7) ?? ""';
const END = "export default app;";

const ours =
  (options: string) =>
  ({ secret, ...upstash }: WorkerSettings): string =>
    `${HONO}
import { createRwt } from "redis-web-token";
import { rwtAuth } from "redis-web-token/hono";
import { upstashStore } from "redis-web-token/upstash";
const rwt = () => createRwt({ store: upstashStore(${JSON.stringify(upstash)}${options}), secret: ${JSON.stringify(secret)} });
app.get("/", rwtAuth({ rwt }), (c) => c.json({ id: c.get("session").data.id }));
${END}`;

/** The apps that are measured in workerd, and whose bundles are. */
export const workerApps: readonly WorkerApp[] = [
  { name: PLAIN_WORKER, code: () => `${HONO}\napp.get("/", (c) => c.json({ id: "42" }));\n${END}` },
  {
    name: JWT_WORKER,
    code: ({ secret }) => `${HONO}
import { jwt } from "hono/jwt";
app.use(jwt({ secret: ${JSON.stringify(secret)}, alg: "HS256" }));
app.get("/", (c) => c.json({ id: c.get("jwtPayload").id }));
${END}`,
  },
  {
    name: FETCH_WORKER,
    code: ({ url, token }) => `${HONO}
const headers = { authorization: ${JSON.stringify(`Bearer ${token}`)}, "content-type": "application/json" };
app.get("/", async (c) => {
  const body = JSON.stringify(["GET", ${BEARER}]);
  const response = await fetch(${JSON.stringify(url)}, { method: "POST", headers, body });
  return c.json({ id: JSON.parse((await response.json()).result).id });
});
${END}`,
  },
  {
    name: UPSTASH_WORKER,
    code: ({ url, token }) => `${HONO}
import { Redis } from "@upstash/redis/cloudflare";
const redis = new Redis(${JSON.stringify({ url, token })});
app.get("/", async (c) => c.json({ id: (await redis.get(${BEARER})).id }));
${END}`,
  },
  {
    name: LEAN_UPSTASH_WORKER,
    code: ({ url, token }) => `${HONO}
import { Redis } from "@upstash/redis/cloudflare";
const redis = new Redis(${JSON.stringify({ url, token, enableAutoPipelining: false, automaticDeserialization: false, responseEncoding: false, enableTelemetry: false })});
app.get("/", async (c) => c.json({ id: JSON.parse(await redis.get(${BEARER})).id }));
${END}`,
  },
  { name: OUR_WORKER, code: ours("") },
  { name: CACHING_WORKER, code: ours(", { cache: { ttl: 60, max: 10_000 } }") },
];
