/** The example on Cloudflare Workers. */
import type { Context } from "hono";
import { createApp } from "./app.ts";
import { type Environment, readSettings, type Settings } from "./settings.ts";

/** A Worker gets its bindings with each request, as the same object each time, so the settings are read once. */
const settingsOfEnvironments = new WeakMap<Environment, Settings>();

function settingsOf({ env }: Context<{ Bindings: Environment }>): Settings {
  const settings = settingsOfEnvironments.get(env) ?? readSettings(env);
  settingsOfEnvironments.set(env, settings);
  return settings;
}

/** Cloudflare overwrites this header, so clients can't forge it. */
const addressOf = (c: Context): string => c.req.header("CF-Connecting-IP") ?? "unknown";

export default createApp(settingsOf, addressOf);
