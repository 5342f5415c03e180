import { utf8 } from "../lib/bytes.ts";
import { MIN_SECRET_BYTES } from "../options.ts";

let warned = false;

/** Warns once per process of a secret that is shorter than the wire format requires. The original accepted any. */
export function warnOfShortSecret(secret: string): void {
  if (warned || utf8(secret).length >= MIN_SECRET_BYTES) return;
  warned = true;
  // biome-ignore lint/suspicious/noConsole: the caller's old code has to go on working, so an error is no option.
  console.warn(
    `redis-web-token/compat: a secret of less than ${MIN_SECRET_BYTES} bytes can be guessed, and with it tokens can be ` +
      "forged. Make one with `openssl rand -base64 32`; docs/migrating/original.md shows how to change it without logging anyone out.",
  );
}
