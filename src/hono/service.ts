import type { Context } from "hono";
import { typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import { isService } from "../request/options.ts";
import type { Rwt } from "../rwt.ts";

/** By environment and then by function, so that all the middlewares of an app share one service. */
const kept: WeakMap<object, WeakMap<object, unknown>> = new WeakMap();

/** What `make` gives for the request's environment, made at its first request. */
export function keptFor<Made>(make: (c: Context) => Made, c: Context): Made {
  const env: object = isObject(c.env) ? c.env : c;
  const ofEnv = kept.get(env) ?? new WeakMap<object, unknown>();
  kept.set(env, ofEnv);
  if (!ofEnv.has(make)) ofEnv.set(make, make(c));
  return ofEnv.get(make) as Made;
}

/** The service that an option `rwt` means for a request. */
export const serviceFor = <Data>(rwt: Rwt<Data> | ((c: Context) => Rwt<Data>), c: Context): Rwt<Data> =>
  typeof rwt === "function" ? checked(keptFor(rwt, c)) : rwt;

/** Not a promise: on Workers another request could wait on it for ever. */
export function checked<Data>(service: Rwt<Data>): Rwt<Data> {
  if (isService(service)) return service;
  throw typeError("rwt", "a service, not a promise", service);
}
