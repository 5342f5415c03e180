import type { Environment } from "../variables.ts";
import { type Finding, findingsOf } from "./finding.ts";

const tls = findingsOf("tls");
const password = findingsOf("password");

/** How the connection is protected, by its URL alone; nothing of the URL is shown. */
export function checkTransport({ REDIS_URL, UPSTASH_REDIS_REST_URL }: Environment): readonly Finding[] {
  const text = REDIS_URL || UPSTASH_REDIS_REST_URL || "";
  // What is no URL is refused by the store.
  if (!URL.canParse(text)) return [];
  const url = new URL(text);
  const isLocal = isLoopback(url.hostname);
  const isHttp = /^https?:$/.test(url.protocol);
  return [
    checkTls(url, isLocal),
    ...(isHttp ? [] : [url.password !== "" ? password.ok("the URL has one") : withoutPassword(isLocal)]),
  ];
}

function checkTls({ protocol }: URL, isLocal: boolean): Finding {
  if (protocol === "rediss:" || protocol === "https:") return tls.ok("the connection is encrypted");
  if (isLocal) return tls.ok("not encrypted, and within this machine");
  return tls.warning(
    "sessions and the password cross the network unencrypted",
    protocol === "http:"
      ? "use the https:// URL"
      : "use rediss://, and set tls-port in Redis; or keep Redis within a private network",
  );
}

const withoutPassword = (isLocal: boolean): Finding =>
  isLocal
    ? password.ok("none, and within this machine")
    : password.warning(
        "the URL has none: whoever reaches this Redis can read and end all sessions",
        "set requirepass or an ACL user, and put it into the URL: rediss://user:password@host:port",
      );

const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
