import { StoreFault, StoreUnavailableError } from "../../errors.ts";
import { isObject } from "../../lib/json.ts";
import { command } from "../../redis/command.ts";
import type { TokenStore } from "../../store.ts";

/** What Redis reports about itself. */
export interface Server {
  /** A field of INFO; `undefined` if it is missing, or INFO is refused. */
  info(field: string): string | undefined;
  /** A field of INFO that is a number. */
  count(field: string): number | undefined;
  /** The values of all INFO fields whose name matches, in their order. */
  fields(name: RegExp): readonly string[];
  /** A setting; `undefined` if CONFIG is refused, as managed servers do. */
  setting(name: string): Promise<string | undefined>;
}

export async function askServer(store: TokenStore): Promise<Server> {
  const info = parseInfo(await answer(store, "INFO"));
  return {
    info: (field) => info.get(field),
    count(field) {
      const value = info.get(field);
      return value !== undefined && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
    },
    fields: (name) => [...info].flatMap(([field, value]) => (name.test(field) ? [value] : [])),
    setting: async (name) => settingIn(await answer(store, "CONFIG GET", [], [name]), name),
  };
}

/** A command's reply; `undefined` if the command failed. */
export const answer = async (
  store: TokenStore,
  name: string,
  keys: readonly string[] = [],
  rest: readonly string[] = [],
): Promise<unknown> =>
  store.run(command(name, keys, rest)).catch((error: unknown) => {
    if (error instanceof StoreUnavailableError) return undefined;
    throw error;
  });

/** An outage's reason and error code, which are safe to show. */
export function refusalOf(error: unknown): string {
  if (!(error instanceof StoreUnavailableError)) throw error;
  const { cause, reason } = error;
  return cause instanceof StoreFault && cause.code !== undefined ? `${reason}, ${cause.code}` : reason;
}

function parseInfo(text: unknown): ReadonlyMap<string, string> {
  const lines = typeof text === "string" ? text.matchAll(/^(\w+):(.*?)\r?$/gm) : [];
  return new Map(Array.from(lines, ([, field = "", value = ""]) => [field, value]));
}

/** Reads a reply of CONFIG GET: a list of names and values or, in RESP3, a map. */
function settingIn(reply: unknown, name: string): string | undefined {
  let value: unknown;
  if (Array.isArray(reply)) value = reply[reply.indexOf(name) + 1];
  else if (reply instanceof Map) value = reply.get(name);
  else if (isObject(reply)) value = reply[name];
  return typeof value === "string" ? value : undefined;
}
