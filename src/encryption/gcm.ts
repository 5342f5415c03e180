import { type Bytes, joined } from "../lib/bytes.ts";
import { nativeCrypto } from "../lib/native-crypto.ts";
import { deriver } from "../token/key-ring.ts";

export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/** AES-256-GCM (NIST SP 800-38D) with a key that it keeps to itself. A ciphertext ends with its tag. */
export interface Gcm {
  encrypt(iv: Bytes, additional: Bytes, text: Bytes): Bytes | Promise<Bytes>;
  /** @returns `null` if the tag is wrong */
  decrypt(iv: Bytes, additional: Bytes, sealed: Bytes): Bytes | null | Promise<Bytes | null>;
}

interface SynchronousGcm extends Gcm {
  encrypt(iv: Bytes, additional: Bytes, text: Bytes): Bytes;
  decrypt(iv: Bytes, additional: Bytes, sealed: Bytes): Bytes | null;
}

/** What the runtime's own ciphers have in common. */
interface NativeCipher {
  setAAD(additional: Bytes): void;
  update(bytes: Bytes): Uint8Array;
  final(): Uint8Array;
}

interface NativeGcm {
  createSecretKey(bits: Bytes): object;
  createCipheriv(
    name: "aes-256-gcm",
    key: object,
    iv: Bytes,
    options: { authTagLength: number },
  ): NativeCipher & { getAuthTag(): Uint8Array };
  createDecipheriv(
    name: "aes-256-gcm",
    key: object,
    iv: Bytes,
    options: { authTagLength: number },
  ): NativeCipher & { setAuthTag(tag: Bytes): void };
}

/** Makes the cipher with a secret's payload key: the runtime's synchronous one if there is one, else that of Web Crypto. */
export async function payloadCipher(secret: Bytes): Promise<Gcm> {
  const derive = await deriver(secret);
  const bits = await derive("payload");
  const native = nativeCrypto(isGcm);
  return native ? ofRuntime(native, bits) : ofWebCrypto(bits);
}

/** Whether the runtime's cipher opens what it has sealed; under a key that seals nothing else. */
function isGcm(native: NativeGcm): boolean {
  const { encrypt, decrypt } = ofRuntime(native, new Uint8Array(32));
  const [iv, text] = [new Uint8Array(IV_BYTES), Uint8Array.of(1)];
  return decrypt(iv, text, encrypt(iv, text, text))?.[0] === 1;
}

function ofRuntime(native: NativeGcm, bits: Bytes): SynchronousGcm {
  const key = native.createSecretKey(bits);
  const options = { authTagLength: TAG_BYTES };
  return {
    encrypt(iv, additional, text) {
      const cipher = native.createCipheriv("aes-256-gcm", key, iv, options);
      cipher.setAAD(additional);
      return joined(cipher.update(text), cipher.final(), cipher.getAuthTag());
    },
    decrypt(iv, additional, sealed) {
      const decipher = native.createDecipheriv("aes-256-gcm", key, iv, options);
      decipher.setAAD(additional);
      decipher.setAuthTag(sealed.slice(-TAG_BYTES));
      const text = decipher.update(sealed.slice(0, -TAG_BYTES));
      try {
        return joined(text, decipher.final());
      } catch {
        // At this point, only the tag can be wrong.
        return null;
      }
    },
  };
}

async function ofWebCrypto(bits: Bytes): Promise<Gcm> {
  const { subtle } = crypto;
  const key = await subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt", "decrypt"]);
  const algorithm = (iv: Bytes, additionalData: Bytes): AesGcmParams => ({
    name: "AES-GCM",
    iv,
    additionalData,
  });
  return {
    encrypt: async (iv, additional, text) =>
      new Uint8Array(await subtle.encrypt(algorithm(iv, additional), key, text)),
    async decrypt(iv, additional, sealed) {
      try {
        return new Uint8Array(await subtle.decrypt(algorithm(iv, additional), key, sealed));
      } catch (error) {
        // Web Crypto's error for a wrong tag. Any other error says nothing about the session.
        if ((error as Partial<Error> | null)?.name === "OperationError") return null;
        throw error;
      }
    },
  };
}
