import { OptionTypeError } from "../errors.ts";
import { kindOf, typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import type { RequestHeaders, RequestSource } from "./cross-site.ts";

/** A request's headers: the web's `Headers`, or an object such as Node's. */
export type IncomingHeaders =
  | Pick<Headers, "get">
  | { readonly [name: string]: string | readonly string[] | undefined };

/** The web's `Request`, or an object with a request's parts, such as `{ method: "GET", headers }`. */
export interface WebRequest {
  /** For the CSRF check, which skips `GET`, `HEAD` and `OPTIONS`. */
  readonly method: string;
  /** Absolute, with the host. Without it, the CSRF check needs `Host` in `headers`. */
  readonly url?: string | undefined;
  readonly headers: IncomingHeaders;
}

/** Node's `IncomingMessage`, which frameworks such as Express pass on. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHeaders;
  /** Never read. It makes the type reject an object that has only `headers`. */
  readonly httpVersion: string;
}

/** The requests that `requestAuth` accepts. */
export type IncomingRequest = WebRequest | NodeRequest;

/** Where frameworks keep a request's URL. h3 1, and so Nuxt, has a path in place of `url`. */
interface Targeted {
  readonly url?: unknown;
  readonly path?: unknown;
  readonly originalUrl?: unknown;
  readonly node?: { readonly req?: { readonly originalUrl?: unknown } };
}

/** The URL as it came: below a mounted handler, `url` and `path` lack the mount's path, which `csrf.paths` would miss. */
function urlOf({ url, path, originalUrl, node }: Targeted): string {
  const found = [originalUrl, node?.req?.originalUrl, url, path].find((text) => typeof text === "string");
  return `${found ?? ""}`;
}

/**
 * Reads the parts of a request. Node's headers have lowercase names; other frameworks keep the case, or use arrays as values.
 *
 * @throws OptionTypeError if it isn't a request. A promise of them would make every request look as if it had no token
 */
export function sourceOf(request: IncomingRequest): RequestSource {
  if (!isObject(request) || !("headers" in request))
    throw typeError("request", "a Request, Node's request, or { method, url, headers }", request);
  const { method, headers } = request as WebRequest;
  const url = urlOf(request);
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
  // HTTP/2 has the host in a pseudo-header, which only Node's own objects contain.
  const hasHost = /^https?:\/\//i.test(url);
  return {
    method,
    url: hasHost ? url : `http://${plain.get(":authority") ?? ""}${url.startsWith("/") ? url : "/"}`,
    headers: isWeb ? (headers as Headers) : plain,
  };
}
