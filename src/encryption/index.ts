/**
 * Encrypts sessions before they leave the service.
 *
 * @module
 */
import { boolean, knownOptions, rangeError } from "../lib/check.ts";
import type { ServiceParts } from "../parts.ts";
import type { AnyRwt, Feature } from "../rwt.ts";
import { addFeature } from "../service.ts";
import { createRing, type SecretKeys } from "../token/key-ring.ts";
import { isSealed, type Line, type LineCodec } from "../token/lines.ts";
import { type Gcm, payloadCipher } from "./gcm.ts";
import { openLine, sealLine } from "./sealed-line.ts";

/** Options of {@link encryption}. */
export interface EncryptionOptions {
  /**
   * Whether new sessions are encrypted. `false` decrypts, and encrypts only what replaces an encrypted session's data. It is the
   * first step to turn encryption on in several services, since one that can't decrypt throws a `StoreUnavailableError` for
   * another's encrypted session.
   * @default true
   */
  readonly encrypt?: boolean | undefined;
  /**
   * Whether sessions from before encryption was turned on are accepted. Set `false` once they are gone, to refuse plain data that
   * someone with access to Redis puts into a session.
   * @default true
   */
  readonly acceptPlain?: boolean | undefined;
}

/**
 * Encrypts a session's data, subject and meta before they reach Redis: with AES-256-GCM, under a key that is derived from the
 * service's secret (HKDF), and bound to their place in Redis. Anyone who reads Redis, its replicas or its backups sees only their
 * length. All methods work as before, `update`, `updateAll` and `rotate` too.
 *
 * `verify` returns `null` for a session that doesn't decrypt: it was encrypted with a secret that isn't in the list, moved from
 * another key, or changed.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
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
        lines: sealedLines(parts, encrypts, takesPlain),
      }),
    });
  return feature as <Service extends AnyRwt>(service: Service) => Service;
}

function sealedLines(
  { settings, ring }: Pick<ServiceParts, "settings" | "ring">,
  encrypts: boolean,
  takesPlain: boolean,
): LineCodec {
  const ciphers = createRing(settings.secrets, payloadCipher);

  /** Encrypts with the secret of the session or person, so that a service that has only that secret can read it. */
  async function seal(line: Line, text: string, keys: SecretKeys): Promise<string> {
    const at = (await ring()).indexOf(keys);
    return sealLine((await ciphers())[at] as Gcm, line, text);
  }

  return {
    seals: encrypts,
    opens: true,
    seal: encrypts ? seal : (_, text) => text,
    reseal: encrypts ? () => "=" : seal,
    async open(line, text) {
      if (isSealed(text)) return openLine(ciphers, line, text);
      return takesPlain ? text : null;
    },
  };
}
