/**
 * Encrypts sessions before they leave the service.
 *
 * @module
 */
import { boolean, knownOptions, rangeError } from "../lib/check.ts";
import type { AnyRwt, Feature } from "../rwt.ts";
import { addFeature } from "../service.ts";
import { createRing, type Ring } from "../token/key-ring.ts";
import { isSealed, type LineCodec } from "../token/lines.ts";
import { type Gcm, payloadCipher } from "./gcm.ts";
import { openLine, sealLine } from "./sealed-line.ts";

/** Options of {@link encryption}. */
export interface EncryptionOptions {
  /**
   * Whether new sessions are encrypted. `false` only decrypts: the first step where several services are to turn encryption on,
   * for one that can't decrypt takes another's encrypted session for an outage.
   * @default true
   */
  readonly encrypt?: boolean | undefined;
  /**
   * Whether sessions that aren't encrypted are read too: those from before encryption was turned on. `false`, once these
   * are gone, refuses plain data that someone with access to Redis puts in a session's place.
   * @default true
   */
  readonly acceptPlain?: boolean | undefined;
}

/**
 * Encrypts what Redis holds of a session: AES-256-GCM, under a key that is derived from the service's secret (HKDF), and bound to the
 * place where it stands. Redis, its replicas, its backups and whoever reads them see neither data nor subject nor meta, only their
 * length. Everything works as without it, `update`, `updateAll` and `rotate` too.
 *
 * A session that doesn't decrypt, since it was encrypted with a secret that isn't in the list, for another key, or was changed,
 * isn't the session that was signed: `verify` gives `null`.
 *
 * @throws OptionTypeError, OptionRangeError with a stable `code`, naming the option
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { encryption } from "redis-web-token/encryption";
 * import { upstashStore } from "redis-web-token/upstash";
 *
 * const rwt = createRwt({
 *   store: upstashStore({ url: "https://….upstash.io", token: "…" }),
 *   secret: ["the current secret, 32 bytes or more", "the one before it, still good for opening"],
 * }).with(encryption());
 * ```
 */
export function encryption(
  options: EncryptionOptions = {},
): <Service extends AnyRwt>(service: Service) => Service {
  const { encrypt = true, acceptPlain = true } = knownOptions("encryption's options", options, [
    "encrypt",
    "acceptPlain",
  ]);
  const [encrypts, takesPlain] = [boolean("encrypt", encrypt), boolean("acceptPlain", acceptPlain)];
  if (!encrypts && !takesPlain) throw rangeError("acceptPlain", "be true while encrypt is false");
  const feature: Feature<AnyRwt, AnyRwt> = (service) =>
    addFeature(service, {
      name: "encryption",
      parts: (parts) => ({
        ...parts,
        lines: sealedLines(createRing(parts.settings.secrets, payloadCipher), encrypts, takesPlain),
      }),
    });
  return feature as <Service extends AnyRwt>(service: Service) => Service;
}

const sealedLines = (ring: Ring<Gcm>, encrypts: boolean, takesPlain: boolean): LineCodec => ({
  seals: encrypts,
  opens: true,
  async seal(line, text) {
    if (!encrypts) return text;
    const [newest] = (await ring()) as [Gcm];
    return sealLine(newest, line, text);
  },
  async open(line, text) {
    if (isSealed(text)) return openLine(ring, line, text);
    return takesPlain ? text : null;
  },
});
