import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, MiddlewareHandler } from "hono";
import { type Faults, take } from "./faults.ts";

type Env = { Bindings: HttpBindings };

/** Injects the faults that are set, before and after the handler that runs the commands. */
export function injectFaults(faults: Faults): MiddlewareHandler<Env> {
  return async function injectFaults(c, next) {
    const latency = take(faults, "latencyMs");
    if (latency > 0) await sleep(latency);
    if (take(faults, "dropBefore")) return drop(c);
    if (take(faults, "hang")) return hang(c);
    const fake = take(faults, "status");
    if (fake) {
      return new Response(fake.body, {
        status: fake.code,
        headers: { "content-type": fake.contentType ?? "application/json" },
      });
    }

    await next();

    if (take(faults, "dropAfter")) c.res = drop(c);
    else if (take(faults, "hangAfter")) c.res = await hang(c);
    else if (take(faults, "truncate")) c.res = await truncate(c.res);
    return undefined;
  };
}

function drop(c: Context<Env>): Response {
  c.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

async function hang(c: Context<Env>): Promise<Response> {
  const { socket } = c.env.incoming;
  if (!socket.destroyed) await once(socket, "close");
  return RESPONSE_ALREADY_SENT;
}

async function truncate(response: Response): Promise<Response> {
  const body = await response.text();
  return new Response(body.slice(0, body.length / 2), response);
}
