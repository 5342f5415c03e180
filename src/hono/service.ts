import type { Context } from "hono";
import { typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import { isService } from "../request/options.ts";
import type { Rwt } from "../rwt.ts";

/** By function and then by environment, so that all the middlewares of an app share one service. */
const kept: WeakMap<object, WeakMap<object, unknown>> = new WeakMap();

/** What `make` gives for the request's environment, made at its first request. */
export function keptFor<Made>(make: (c: Context) => Made, c: Context): Made {
  const env: unknown = c.env;
  if (!isObject(env)) return make(c);
  const ofMake = kept.get(make) ?? new WeakMap<object, unknown>();
  kept.set(make, ofMake);
  const made = (ofMake.get(env) as Made | undefined) ?? make(c);
  ofMake.set(env, made);
  return made;
}

/** The service that an option `rwt` means for a request. */
export const serviceFor = <Data>(rwt: Rwt<Data> | ((c: Context) => Rwt<Data>), c: Context): Rwt<Data> =>
  checked(typeof rwt === "function" ? keptFor(rwt, c) : rwt);

/** Not a promise: on Workers another request could wait on it for ever. */
export function checked<Data>(service: Rwt<Data>): Rwt<Data> {
  if (isService(service)) return service;
  throw typeError("rwt", "what createRwt gives, or a function giving it, no promise", service);
}
