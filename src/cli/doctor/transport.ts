import { StoreFault } from "../../errors.ts";
import { TLS_CODE } from "../../redis/faults.ts";
import type { Environment } from "../variables.ts";
import { type Finding, findingsOf } from "./finding.ts";

const tls = findingsOf("tls");
const password = findingsOf("password");

/**
 * How the connection is protected, by its URL and by why it could not be made; nothing of the URL is shown.
 *
 * @param failure - why there is no connection
 */
export function checkTransport(
  { REDIS_URL, UPSTASH_REDIS_REST_URL }: Environment,
  failure?: unknown,
): readonly Finding[] {
  const text = REDIS_URL || UPSTASH_REDIS_REST_URL || "";
  // What is no URL is refused by the store.
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
    if (failure !== undefined) return tls.unknown("the URL asks for TLS, and there is no connection");
    return tls.ok("the connection is encrypted");
  }
  if (isLocal) return tls.ok("not encrypted, and within this machine");
  return tls.warning(
    "sessions and the password cross the network unencrypted",
    protocol === "http:"
      ? "use the https:// URL"
      : "use rediss://, and set tls-port in Redis; or keep Redis within a private network",
  );
}

/** The code of a failure that is TLS's. */
export function tlsCodeOf(failure: unknown): string | undefined {
  const { cause } = Object(failure) as { cause?: unknown };
  return cause instanceof StoreFault && cause.code !== undefined && TLS_CODE.test(cause.code)
    ? cause.code
    : undefined;
}

/** What else than an authority that this machine doesn't know a code stands for, and what to do. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /ALTNAME|HOSTNAME/,
    "the certificate is for another name: use its name in the URL, or add this one to the certificate",
  ],
  [
    /^INVALID_|PATH_LENGTH/,
    "the certificate, or its authority's, isn't made for this: give a server's extendedKeyUsage serverAuth, an authority's CA:TRUE",
  ],
  [/EXPIRED|NOT_YET_VALID/, "renew Redis's certificate, or set this machine's clock"],
  [/REVOKED|CRL/, "Redis's certificate was revoked, or its revocation list can't be used: renew it"],
  [/WRONG_VERSION|PACKET_LENGTH|EPROTO/, "this port doesn't speak TLS: use redis://, or Redis's tls-port"],
  [
    /^ERR_(TLS|SSL)_/,
    "look into the TLS settings of Redis: protocol versions, ciphers, and whether it asks clients for a certificate",
  ],
];

const UNKNOWN_AUTHORITY =
  "this machine doesn't know who signed Redis's certificate: set NODE_EXTRA_CA_CERTS=<file> to that authority's certificate, in PEM, before the process starts, for every service";

const adviceFor = (code: string): string =>
  ADVICE.find(([pattern]) => pattern.test(code))?.[1] ?? UNKNOWN_AUTHORITY;

const withoutPassword = (isLocal: boolean): Finding =>
  isLocal
    ? password.ok("none, and within this machine")
    : password.warning(
        "the URL has none: whoever reaches this Redis can read and end all sessions",
        "set requirepass or an ACL user, and put it into the URL: rediss://user:password@host:port",
      );

const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
