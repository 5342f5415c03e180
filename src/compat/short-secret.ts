import { utf8 } from "../lib/bytes.ts";
import { MIN_SECRET_BYTES } from "../options.ts";

let warned = false;

/** Says once per process that a secret is shorter than the wire format asks for. The original took any. */
export function warnOfShortSecret(secret: string): void {
  if (warned || utf8(secret).length >= MIN_SECRET_BYTES) return;
  warned = true;
  // biome-ignore lint/suspicious/noConsole: the caller's code is old and works; all that it can do is be told.
  console.warn(
    `redis-web-token/compat: a secret of less than ${MIN_SECRET_BYTES} bytes can be guessed, and with it tokens can be ` +
      "forged. Make one with `openssl rand -base64 32`; docs/migrating/original.md shows how to change it without logging anyone out.",
  );
}
