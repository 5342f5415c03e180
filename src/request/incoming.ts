import { OptionTypeError } from "../errors.ts";
import { kindOf } from "../lib/check.ts";
import type { RequestHeaders, RequestSource } from "./cross-site.ts";

/** A request's headers: the web's, or an object as Node has. */
export type IncomingHeaders =
  | Pick<Headers, "get">
  | { readonly [name: string]: string | readonly string[] | undefined };

/** A request: the web's `Request`, or what a framework knows of one, such as `{ method: "GET", headers }`. */
export interface WebRequest {
  /** Tells reads from what changes something. */
  readonly method: string;
  /** With its host, or else `headers` has `Host`. */
  readonly url?: string | undefined;
  readonly headers: IncomingHeaders;
}

/** Node's `IncomingMessage`, which frameworks such as Express hand on. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHeaders;
  /** It is read by nobody, and tells Node's request from headers alone. */
  readonly httpVersion: string;
}

/** What `requestAuth` takes for a request. */
export type IncomingRequest = WebRequest | NodeRequest;

/**
 * Node gives its headers as an object of names in lower case; others give the names as they came, or arrays.
 *
 * @throws OptionTypeError for what has no headers, such as a promise of them, whose every request would count as a stranger's
 */
export function sourceOf(request: IncomingRequest): RequestSource {
  const { method, url = "", headers } = (request ?? {}) as WebRequest;
  const { get, then } = (headers ?? {}) as { readonly get?: unknown; readonly then?: unknown };
  const isWeb = typeof get === "function";
  if (!isWeb && (kindOf(headers) !== "object" || typeof then === "function")) {
    const message = "headers must be Headers or an object of names and values, not a promise: await them";
    throw new OptionTypeError("headers", message);
  }
  const given = headers as Readonly<Record<string, unknown>>;
  const plain: RequestHeaders = {
    get(name) {
      const wanted = name.toLowerCase();
      const found = Object.keys(given).filter((key) => key.toLowerCase() === wanted);
      const values = found.flatMap((key) => given[key] ?? []);
      return values.length === 0 ? null : values.join(wanted === "cookie" ? "; " : ", ");
    },
  };
  // HTTP/2 names the host in a pseudo-header, which only Node's own objects have.
  const hasHost = /^https?:\/\//i.test(url);
  return {
    method,
    url: hasHost ? url : `http://${plain.get(":authority") ?? ""}${url.startsWith("/") ? url : "/"}`,
    headers: isWeb ? (headers as Headers) : plain,
  };
}
