import { type Bytes, fromBase64Url, toBase64Url } from "../lib/bytes.ts";
import { deriver } from "../token/key-ring.ts";

/**
 * Converts a session's name in Redis to a public id and back. The id is the encrypted name, so that a list of sessions shows nothing
 * that is in Redis or in a token: one AES-256 block with a key of its own (HKDF, `rwt/1/id`).
 */
export interface PublicIds {
  idOf(lookup: string): Promise<string>;
  /** @returns the lookup; meaningless text if another secret made the id */
  lookupOf(id: string): Promise<string>;
}

const BLOCK = 16;
const PADDING = new Uint8Array(BLOCK).fill(BLOCK);
const AES = { name: "AES-CBC", iv: new Uint8Array(BLOCK) };

export async function createPublicIds(secret: Bytes): Promise<PublicIds> {
  const { subtle } = crypto;
  const bits = await (await deriver(secret))("id");
  const key = await subtle.importKey("raw", bits, "AES-CBC", false, ["encrypt", "decrypt"]);
  /** Encrypts one block. Web Crypto has no ECB, but the first block of CBC with a zero IV is the same; the second is padding. */
  const encryptBlock = async (block: Bytes): Promise<Bytes> =>
    new Uint8Array(await subtle.encrypt(AES, key, block)).slice(0, BLOCK);

  return {
    idOf: async (lookup) => toBase64Url(await encryptBlock(blockOf(lookup))),
    async lookupOf(id) {
      const block = blockOf(id);
      // Append the padding, encrypted as CBC would have done, because Web Crypto decrypts no block without it.
      const padding = await encryptBlock(block.map((byte, i) => byte ^ (PADDING[i] ?? 0)));
      const both = Uint8Array.of(...block, ...padding);
      return toBase64Url(new Uint8Array(await subtle.decrypt(AES, key, both)));
    },
  };
}

/** 22 characters hold 16 bytes. Two more make whole groups of four, as the decoder needs. */
const blockOf = (text: string): Bytes => fromBase64Url(`${text}AA`).slice(0, BLOCK);

/** Whether a value looks like a public id: 22 characters, the last of which encodes two bits. */
export const isPublicId = (id: unknown): id is string =>
  typeof id === "string" && /^[\w-]{21}[AQgw]$/.test(id);
