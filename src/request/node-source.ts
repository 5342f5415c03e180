import type { IncomingRequest, NodeRequest } from "./incoming.ts";

/** The parts of Express's or Node's request that are used. */
export interface ExpressSource extends NodeRequest {
  readonly originalUrl?: string | undefined;
  readonly hostname?: string | undefined;
  readonly app?: { enabled(setting: string): boolean } | undefined;
}

/** The parts of Fastify's request that are used. */
export interface FastifySource {
  readonly method: string;
  readonly protocol: string;
  readonly host: string;
  readonly url: string;
  readonly raw: NodeRequest;
}

/**
 * The request as it came. Below `app.use("/path", …)`, Express's `url` lacks that path. With `trust proxy`, the host is the one
 * that the proxy forwards. Express says whether to believe it, by `hostname`, which lacks the port.
 */
export function expressSource(req: ExpressSource): IncomingRequest {
  const { method, url, originalUrl = url, headers, httpVersion, app } = req;
  const [host = ""] = `${(headers as Record<string, unknown>)["x-forwarded-host"] ?? ""}`.split(/ *,/);
  const isForwarded =
    app?.enabled("trust proxy") && host !== "" && host.replace(/:\d*$/, "") === req.hostname;
  return {
    method,
    url: isForwarded && originalUrl?.startsWith("/") ? `http://${host}${originalUrl}` : originalUrl,
    headers,
    httpVersion,
  };
}

/** Fastify's host follows `X-Forwarded-Host` if the app trusts its proxy. */
export const fastifySource = ({ method, protocol, host, url, raw }: FastifySource): IncomingRequest => ({
  method,
  url: `${protocol}://${host}${url}`,
  headers: raw.headers,
});

/** The parts of Node's response that are used. Express's is one too. */
export interface NodeResponse {
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  appendHeader(name: string, value: string): unknown;
}

/** The parts of Fastify's reply that are used. */
export interface FastifyAnswer {
  readonly raw: NodeResponse;
  header(name: string, value: string): unknown;
}

/**
 * Returns a function that sets headers, and adds to the cookies that others have set. Once the answer has begun, it throws
 * `ERR_HTTP_HEADERS_SENT`, as Node's response does. Fastify's reply would drop the header.
 */
export function headersTo(answer: NodeResponse | FastifyAnswer): (name: string, value: string) => unknown {
  const isFastify = "raw" in answer;
  const response = isFastify ? answer.raw : answer;
  return (name, value) => {
    if (isFastify && !response.headersSent) return answer.header(name, value);
    return name === "set-cookie" ? response.appendHeader(name, value) : response.setHeader(name, value);
  };
}
