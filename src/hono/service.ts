import type { Context } from "hono";
import { typeError } from "../lib/check.ts";
import { isService } from "../request/options.ts";
import type { Rwt } from "../rwt.ts";

/** Results by environment and function, so that all middlewares with the same function share one service. */
const kept: WeakMap<object, WeakMap<object, unknown>> = new WeakMap();

/** The environment where a server passes something of each request in place of bindings. */
const PROCESS = {};

/**
 * Returns the object that stays the same while the bindings do: the isolate's environment, which Cloudflare Pages copies for each
 * request. Node's server passes its request and response, and Deno's the client's address.
 */
function environmentOf({ env }: Context): object | undefined {
  const isOfRequest = (env?.incoming && env.outgoing) || env?.remoteAddr?.transport;
  return isOfRequest ? PROCESS : (env?.eventContext?.env ?? env);
}

/** Returns the result of `make` for the request's environment, and calls it only at that environment's first request. */
export function keptFor<Made>(make: (c: Context) => Made, c: Context): Made {
  const env = environmentOf(c) ?? c;
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
