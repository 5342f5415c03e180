import { Hono } from "hono";
import { handle as lambda } from "hono/aws-lambda";
import { handle as lambdaEdge } from "hono/lambda-edge";
import { handle as netlify } from "hono/netlify";
import { handle as vercel } from "hono/vercel";
import { describe, expect, test } from "vitest";
import { rwtAuth } from "../../src/hono/index.ts";
import { bearer, live, rwt } from "./fixture.ts";

const request = () => new Request("http://localhost/private/me", { headers: bearer(live) });
const { Authorization } = bearer(live);
const lambdaEvent = () => ({
  version: "2.0",
  rawPath: "/private/me",
  rawQueryString: "",
  headers: { host: "localhost", authorization: Authorization },
  requestContext: { domainName: "localhost", http: { method: "GET" } },
});
const edgeEvent = () => {
  const headers = { authorization: [{ key: "Authorization", value: Authorization }] };
  const sent = { clientIp: "::1", method: "GET", uri: "/private/me", querystring: "", headers };
  return { Records: [{ cf: { config: { distributionDomainName: "localhost" }, request: sent } }] };
};

/** How each server calls an app. `made` counts how often it asks for its service. */
const SERVERS: readonly (readonly [string, (app: Hono) => Promise<unknown>])[] = [
  ["Vercel", async (app) => vercel(app)(request())],
  ["Netlify", async (app) => netlify(app)(request(), { geo: {} })],
  ["AWS Lambda", (app) => lambda(app)(lambdaEvent() as never, {} as never)],
  ["Lambda@Edge", (app) => lambdaEdge(app)(edgeEvent() as never)],
  ["@hono/node-server", async (app) => app.fetch(request(), { incoming: {}, outgoing: {} })],
  ["Deno", async (app) => app.fetch(request(), { remoteAddr: { transport: "tcp" } })],
  ["none", async (app) => app.fetch(request())],
];

describe.each(SERVERS)("behind a server without bindings: %s", (_, ask) => {
  test("a function makes one service for all requests", async () => {
    const made: unknown[] = [];
    const app = new Hono();
    app.use(
      rwtAuth({
        rwt(c) {
          made.push(c);
          return rwt;
        },
      }),
    );
    const passed: string[] = [];
    app.get("/private/me", (c) => {
      passed.push(c.req.path);
      return c.text("in");
    });
    for (let i = 0; i < 3; i++) await ask(app);
    expect([made.length, passed.length]).toEqual([1, 3]);
  });
});

test("a function without a parameter makes one service, whatever the environment", async () => {
  let made = 0;
  const app = new Hono();
  const make = () => {
    made++;
    return rwt;
  };
  app.get("/private/me", rwtAuth({ rwt: make }), (c) => c.text("in"));
  for (const env of [{ NAME: "one" }, { NAME: "two" }, undefined])
    expect((await app.request("/private/me", { headers: bearer(live) }, env)).status).toBe(200);
  expect(made).toBe(1);
});
