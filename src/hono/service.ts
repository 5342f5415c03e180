import type { Context } from "hono";
import { typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import { isService } from "../request/options.ts";
import type { Rwt } from "../rwt.ts";

type Make<Data> = (c: Context) => Rwt<Data>;

/** By function and then by environment, so that all the middlewares of an app share one service. */
const services: WeakMap<object, WeakMap<object, unknown>> = new WeakMap();

/** The service that `make` gives for the request's environment, made at its first request. */
export function serviceFor<Data>(make: Make<Data>, c: Context): Rwt<Data> {
  const env: object = isObject(c.env) ? c.env : c;
  const ofMake = services.get(make) ?? new WeakMap<object, unknown>();
  services.set(make, ofMake);
  const service = (ofMake.get(env) as Rwt<Data> | undefined) ?? checked(make(c));
  ofMake.set(env, service);
  return service;
}

/** Not a promise: on Workers another request could wait on it for ever. */
export function checked<Data>(service: Rwt<Data>): Rwt<Data> {
  if (isService(service)) return service;
  throw typeError("rwt", "what createRwt gives, not a promise", service);
}
