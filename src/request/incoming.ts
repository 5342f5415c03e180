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

/** Node gives its headers as an object of names in lower case; others give the names as they came, or arrays. */
export function sourceOf({ method, url = "", headers }: IncomingRequest): RequestSource {
  const { get } = headers;
  const given = headers as Readonly<Record<string, unknown>>;
  const plain: RequestHeaders = {
    get(name) {
      const wanted = name.toLowerCase();
      const found = Object.keys(given).filter((key) => key.toLowerCase() === wanted);
      const values = found.flatMap((key) => given[key] ?? []);
      return values.length === 0 ? null : values.join(wanted === "cookie" ? "; " : ", ");
    },
  };
  const source = typeof get === "function" ? (headers as Headers) : plain;
  // HTTP/2 names the host in a pseudo-header, which only Node's own objects have.
  const hasHost = /^https?:\/\//i.test(url);
  return { method, url: hasHost ? url : `http://${plain.get(":authority") ?? ""}/`, headers: source };
}
