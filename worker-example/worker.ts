/** The example on Cloudflare Workers. */
import type { Context } from "hono";
import { createApp } from "./app.ts";
import { type Environment, readSettings, type Settings } from "./settings.ts";

/** The bindings come with each request, and are the same object each time. */
const settingsOfEnvironments = new WeakMap<Environment, Settings>();

function settingsOf({ env }: Context<{ Bindings: Environment }>): Settings {
  const settings = settingsOfEnvironments.get(env) ?? readSettings(env);
  settingsOfEnvironments.set(env, settings);
  return settings;
}

/** Cloudflare sets this header itself, whatever a client sends. */
const addressOf = (c: Context): string => c.req.header("CF-Connecting-IP") ?? "unknown";

export default createApp(settingsOf, addressOf);
