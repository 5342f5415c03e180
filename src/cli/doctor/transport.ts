import { StoreFault } from "../../errors.ts";
import { TLS_CODE } from "../../redis/faults.ts";
import type { Environment } from "../variables.ts";
import { type Finding, findingsOf } from "./finding.ts";

const tls = findingsOf("tls");
const password = findingsOf("password");

/**
 * Checks how the connection is protected, by its URL and the error of connecting. The findings show nothing of the URL.
 *
 * @param failure - the error of connecting; `undefined` if it worked
 */
export function checkTransport(
  { REDIS_URL, UPSTASH_REDIS_REST_URL }: Environment,
  failure?: unknown,
): readonly Finding[] {
  const text = REDIS_URL || UPSTASH_REDIS_REST_URL || "";
  // The store rejects an invalid URL.
  if (!URL.canParse(text)) return [];
  const url = new URL(text);
  const isLocal = isLoopback(url.hostname);
  const isHttp = /^https?:$/.test(url.protocol);
  return [
    checkTls(url, isLocal, failure),
    ...(isHttp ? [] : [url.password !== "" ? password.ok("the URL has one") : withoutPassword(isLocal)]),
  ];
}

function checkTls({ protocol }: URL, isLocal: boolean, failure: unknown): Finding {
  if (protocol === "rediss:" || protocol === "https:") {
    const code = tlsCodeOf(failure);
    if (code !== undefined) return tls.problem(`TLS can't be set up: ${code}`, adviceFor(code));
    if (failure !== undefined) return tls.unknown("the URL asks for TLS, but there is no connection");
    return tls.ok("the connection is encrypted");
  }
  if (isLocal) return tls.ok("not encrypted, but within this machine");
  return tls.warning(
    "sessions and the password cross the network unencrypted",
    protocol === "http:"
      ? "use the https:// URL"
      : "use rediss:// and set tls-port in Redis, or keep Redis within a private network",
  );
}

/** The error code of a TLS failure; `undefined` for any other failure. */
export function tlsCodeOf(failure: unknown): string | undefined {
  const { cause } = Object(failure) as { cause?: unknown };
  return cause instanceof StoreFault && cause.code !== undefined && TLS_CODE.test(cause.code)
    ? cause.code
    : undefined;
}

/** Advice by error code. Any other code means that the machine doesn't know the certificate's authority. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /ALTNAME|HOSTNAME/,
    "the certificate is for another name: use that name in the URL, or add the URL's name to the certificate",
  ],
  [
    /^INVALID_|PATH_LENGTH/,
    "the certificate, or its authority's, isn't valid for this use: a server's needs extendedKeyUsage serverAuth, an authority's needs CA:TRUE",
  ],
  [/EXPIRED|NOT_YET_VALID/, "renew Redis's certificate, or correct this machine's clock"],
  [/REVOKED|CRL/, "Redis's certificate was revoked, or its revocation list can't be used: renew it"],
  [/WRONG_VERSION|PACKET_LENGTH|EPROTO/, "this port doesn't speak TLS: use redis://, or Redis's tls-port"],
  [
    /^ERR_(TLS|SSL)_/,
    "check Redis's TLS settings: protocol versions, ciphers, and whether it requires client certificates",
  ],
];

const UNKNOWN_AUTHORITY =
  "this machine doesn't know the authority that signed Redis's certificate: for every service, set NODE_EXTRA_CA_CERTS=<file> to the authority's certificate, in PEM, before the process starts";

const adviceFor = (code: string): string =>
  ADVICE.find(([pattern]) => pattern.test(code))?.[1] ?? UNKNOWN_AUTHORITY;

const withoutPassword = (isLocal: boolean): Finding =>
  isLocal
    ? password.ok("none, but within this machine")
    : password.warning(
        "the URL has none: anyone who reaches this Redis can read and end all sessions",
        "set requirepass or an ACL user, and put it into the URL: rediss://user:password@host:port",
      );

const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
