import { timingSafeEqual } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { Backend, Visit } from "./backend.ts";
import { MalformedCommandError, parseCommand, parseCommands, refusal } from "./command.ts";
import { controlRoutes } from "./control.ts";
import { type Encoding, toJson } from "./encoding.ts";
import { injectFaults } from "./fault-middleware.ts";
import { createFaults, type Faults } from "./faults.ts";
import { type Outcome, RedisUnreachableError } from "./redis-connection.ts";
import { createRequestCounter, type RequestCounter } from "./requests.ts";

const UNAUTHORIZED =
  "WRONGPASS invalid or missing auth token. See https://docs.upstash.com/redis/troubleshooting/http_unauthorized for details.";

type Env = { Bindings: HttpBindings; Variables: { visit: Visit } };

export interface RestAppOptions {
  backend: Backend;
  /** The bearer token of every route. */
  token: string;
  faults?: Faults;
  requests?: RequestCounter;
}

/** Upstash's REST API, with the commands in the body, as of https://upstash.com/docs/redis/features/restapi. */
export function createRestApp(options: RestAppOptions): Hono<Env> {
  const { backend, token } = options;
  const faults = options.faults ?? createFaults();
  const requests = options.requests ?? createRequestCounter();

  const ran = (c: Context<Env>, commands: string[][]): void =>
    requests.countCommands(c.req.path, commands.length);

  const app = new Hono<Env>();
  app.use(bearerAuth(token));
  app.route("/", controlRoutes(faults, requests));

  for (const path of ["/", "/pipeline", "/multi-exec"]) {
    app.use(path, async function countRequest(c, next) {
      requests.countRequest(c.req.path);
      await next();
    });
    app.post(path, injectFaults(faults), async function addSyncToken(c, next) {
      const visit = backend(c.req.header("Upstash-Sync-Token"));
      c.set("visit", visit);
      await next();
      c.res.headers.set("Upstash-Sync-Token", await visit.token());
    });
  }

  app.post("/", async (c) => {
    const command = parseCommand(await c.req.text());
    const refused = refusal(command);
    if (refused) return c.json({ error: refused }, 400);
    ran(c, [command]);
    const outcome = toJson(await c.var.visit.send(command), encodingOf(c));
    return c.json(outcome, "error" in outcome ? 400 : 200);
  });

  app.post("/pipeline", async (c) => {
    const outcomes: Outcome[] = [];
    // One after the other, so that other clients' commands may run in between, as with Upstash.
    for (const command of parseCommands(await c.req.text())) {
      const refused = refusal(command);
      if (!refused) ran(c, [command]);
      outcomes.push(refused ? { error: refused } : await c.var.visit.send(command));
    }
    return c.json(outcomes.map((outcome) => toJson(outcome, encodingOf(c))));
  });

  app.post("/multi-exec", async (c) => {
    const commands = parseCommands(await c.req.text());
    const refused = commands.map(refusal).find((error) => error !== undefined);
    if (refused) return c.json({ error: refused }, 400);
    ran(c, commands);
    const outcomes = await c.var.visit.sendTransaction(commands);
    if (!Array.isArray(outcomes)) return c.json(outcomes, 400);
    return c.json(outcomes.map((outcome) => toJson(outcome, encodingOf(c))));
  });

  app.all("/", methodNotAllowed("POST"));
  app.all("/pipeline", methodNotAllowed("POST"));
  app.all("/multi-exec", methodNotAllowed("POST"));
  app.all("/_faults", methodNotAllowed("PUT, DELETE"));
  app.all("/_requests", methodNotAllowed("GET, DELETE"));
  app.notFound((c) =>
    c.json({ error: "ERR not found: this stand-in takes commands in the body of a POST only" }, 404),
  );
  app.onError((error, c) => {
    if (error instanceof MalformedCommandError) return c.json({ error: error.message }, 400);
    if (error instanceof RedisUnreachableError) return c.json({ error: `ERR ${error.message}` }, 503);
    console.error(error);
    return c.json({ error: "ERR internal error" }, 500);
  });
  return app;
}

function bearerAuth(token: string): MiddlewareHandler<Env> {
  const expected = Buffer.from(`Bearer ${token}`);
  return async function bearerAuth(c, next) {
    const given = Buffer.from(c.req.header("Authorization") ?? "");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return c.json({ error: UNAUTHORIZED }, 401);
    }
    await next();
    return undefined;
  };
}

function encodingOf(c: Context<Env>): Encoding {
  return c.req.header("Upstash-Encoding") === "base64" ? "base64" : undefined;
}

function methodNotAllowed(allow: string): (c: Context<Env>) => Response {
  return (c) => c.body(null, 405, { Allow: allow });
}
