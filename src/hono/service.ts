import type { Context } from "hono";
import { typeError } from "../lib/check.ts";
import { isService } from "../request/options.ts";
import type { Rwt } from "../rwt.ts";

/** By environment and then by function, so that all the middlewares of an app share one service. */
const kept: WeakMap<object, WeakMap<object, unknown>> = new WeakMap();

/** What `make` gives for the request's environment, made at its first request. */
export function keptFor<Made>(make: (c: Context) => Made, c: Context): Made {
  // Cloudflare Pages hands on a copy for each request, in which the isolate's own environment is.
  const env: object = c.env?.eventContext?.env ?? c.env ?? c;
  const ofEnv = kept.get(env) ?? new WeakMap<object, unknown>();
  kept.set(env, ofEnv);
  if (!ofEnv.has(make)) ofEnv.set(make, make(c));
  return ofEnv.get(make) as Made;
}

/** How to find the service that an option `rwt` means for a request. Throws at once where it is none. */
export function serviceOf<Input, Output>(
  rwt: Rwt<Input, Output> | ((c: Context) => Rwt<Input, Output>),
): (c: Context) => Rwt<Input, Output> {
  if (typeof rwt === "function") return (c) => checked(keptFor(rwt, c));
  checked(rwt);
  return () => rwt;
}

/** Not a promise: on Workers another request could wait on it for ever. */
function checked<Input, Output>(service: Rwt<Input, Output>): Rwt<Input, Output> {
  if (isService(service)) return service;
  throw typeError("rwt", "what createRwt gives, not a promise", service);
}
