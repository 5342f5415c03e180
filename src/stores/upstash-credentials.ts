import { OptionRangeError } from "../errors.ts";
import { knownOptions, rangeError, typeError } from "../lib/check.ts";
import { refuseOtherClient } from "./other-client.ts";

/** The URL and token of an Upstash database's REST API. */
export interface UpstashCredentials {
  /** `UPSTASH_REDIS_REST_URL` */
  readonly url: string;
  /** `UPSTASH_REDIS_REST_TOKEN` */
  readonly token: string;
}

/** @param name - the name of the credentials in an error message */
export function readCredentials(name: string, credentials: UpstashCredentials): UpstashCredentials {
  refuseOtherClient(credentials);
  const given = knownOptions(name, credentials, ["url", "token"]);
  for (const option of ["url", "token"] as const) refuseUnset(option, given[option]);
  checkUrl(given.url);
  checkToken(given.token);
  return given;
}

/** What an environment variable is that isn't set: on Workers, those of process.env may never be. */
function refuseUnset(option: "url" | "token", value: unknown): void {
  const name = `UPSTASH_REDIS_REST_${option.toUpperCase()}`;
  const set = `non-empty text (is ${name} set? On Workers the function gets the context)`;
  if (value === undefined) throw typeError(option, set, value);
  if (value === "") throw rangeError(option, `be ${set}`);
}

function checkUrl(url: unknown): void {
  if (typeof url !== "string") throw typeError("url", "the database's REST URL", url);
  if (!/^https?:\/\/[^\s/]+\S*$/.test(url)) {
    throw new OptionRangeError(
      "url",
      "url must be the REST URL, https://…, without white space; redis:// is for ioredisStore and nodeRedisStore",
    );
  }
}

function checkToken(token: unknown): void {
  if (typeof token !== "string") throw typeError("token", "the database's REST token", token);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new OptionRangeError(
      "token",
      "token must be UPSTASH_REDIS_REST_TOKEN: printable ASCII, no white space",
    );
  }
}
