import { type Bytes, fromBase64Url, toBase64Url } from "../lib/bytes.ts";
import { deriver } from "../token/key-ring.ts";

/**
 * What the outside may know of a session: its name in Redis, encrypted, so that a list of sessions shows nothing that
 * stands in Redis or in a token. The id is one AES-256 block under a key of its own (HKDF, `rwt/1/id`).
 */
export interface PublicIds {
  idOf(lookup: string): Promise<string>;
  /** @returns the lookup; some other text where another secret made the id */
  lookupOf(id: string): Promise<string>;
}

const BLOCK = 16;
const PADDING = new Uint8Array(BLOCK).fill(BLOCK);
const AES = { name: "AES-CBC", iv: new Uint8Array(BLOCK) };

export async function createPublicIds(secret: Bytes): Promise<PublicIds> {
  const { subtle } = crypto;
  const bits = await (await deriver(secret))("id");
  const key = await subtle.importKey("raw", bits, "AES-CBC", false, ["encrypt", "decrypt"]);
  /** One block, of Web Crypto's CBC with a zero vector, which appends a block of padding. */
  const encryptBlock = async (block: Bytes): Promise<Bytes> =>
    new Uint8Array(await subtle.encrypt(AES, key, block)).slice(0, BLOCK);

  return {
    idOf: async (lookup) => toBase64Url(await encryptBlock(blockOf(lookup))),
    async lookupOf(id) {
      const block = blockOf(id);
      // What the padding would have been encrypted to, so that Web Crypto decrypts the block before it.
      const padding = await encryptBlock(block.map((byte, i) => byte ^ (PADDING[i] ?? 0)));
      const both = Uint8Array.of(...block, ...padding);
      return toBase64Url(new Uint8Array(await subtle.decrypt(AES, key, both)));
    },
  };
}

/** 22 characters hold 16 bytes; two more make whole groups of four. */
const blockOf = (text: string): Bytes => fromBase64Url(`${text}AA`).slice(0, BLOCK);

/** Whether a value looks like a public id: 22 characters, of which the last has two bits. */
export const isPublicId = (id: unknown): id is string =>
  typeof id === "string" && /^[\w-]{21}[AQgw]$/.test(id);
