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
   * Whether to encrypt new sessions. `false` reads encrypted sessions and signs plain ones: the first step when several services
   * turn encryption on.
   *
   * Data that replaces encrypted data is encrypted in any case. A service without `encryption()` takes an encrypted session for
   * an outage, so give every service `encrypt: false` before the first one encrypts.
   * @default true
   */
  readonly encrypt?: boolean | undefined;
  /**
   * Whether to read sessions that aren't encrypted, such as those from before you turned encryption on. Set `false` once these
   * have ended.
   *
   * With `false`, plain data that an attacker with access to Redis writes in place of a session's data is not accepted.
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

  /** With the secret whose session or person it is, so that a service that has only that one can read it. */
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
