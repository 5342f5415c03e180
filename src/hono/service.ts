import type { Context } from "hono";
import { typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import { isService } from "../request/options.ts";
import type { Rwt } from "../rwt.ts";

/** Results by environment and function, so that all middlewares with the same function share one service. */
const kept: WeakMap<object, WeakMap<object, unknown>> = new WeakMap();

/** The environment where nothing of the request decides about the service. */
const PROCESS = {};

/**
 * Returns the object that stays the same while the bindings do: the isolate's environment, which Cloudflare Pages copies for each
 * request. Other servers pass something of each request in place of bindings: Node's its request and response, Deno's the client's
 * address, Lambda's and Netlify's the event or its context. Vercel's passes nothing.
 */
function environmentOf({ env }: Context): object {
  if (!env) return PROCESS;
  const isOfRequest =
    (env.incoming && env.outgoing) ||
    env.remoteAddr?.transport ||
    isObject(env.event) ||
    isObject(env.context);
  return isOfRequest ? PROCESS : (env.eventContext?.env ?? env);
}

/**
 * Returns the result of `make` for the request's environment, and calls it only at that environment's first request. A function
 * without a parameter makes the same for all.
 */
export function keptFor<Made>(make: (c: Context) => Made, c: Context): Made {
  const env = make.length === 0 ? PROCESS : environmentOf(c);
  const ofEnv = kept.get(env) ?? new WeakMap<object, unknown>();
  kept.set(env, ofEnv);
  if (!ofEnv.has(make)) ofEnv.set(make, make(c));
  return ofEnv.get(make) as Made;
}

/** Returns a function that finds the service for a request. Throws at once if `rwt` is neither a service nor a function. */
export function serviceOf<Input, Output>(
  rwt: Rwt<Input, Output> | ((c: Context) => Rwt<Input, Output>),
): (c: Context) => Rwt<Input, Output> {
  if (typeof rwt === "function") return (c) => checked(keptFor(rwt, c));
  checked(rwt);
  return () => rwt;
}

/** Refuses a promise too: on Workers, other requests could wait on it for ever. */
function checked<Input, Output>(service: Rwt<Input, Output>): Rwt<Input, Output> {
  if (isService(service)) return service;
  throw typeError("rwt", "made by createRwt", service);
}
