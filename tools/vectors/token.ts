import { createHmac, hkdfSync } from "node:crypto";

/** What a token vector is made of. Bytes are hex. */
export interface TokenInput {
  readonly secret: string;
  readonly subject: string | null;
  /** Unix seconds. */
  readonly deadline: number;
  /** Seconds. */
  readonly expire: number;
  /** 19 bytes. */
  readonly random: string;
  /** 2 bytes; of the subject, where there is one. */
  readonly slot?: string;
}

/** A token and everything that follows from its input. */
export interface TokenVector extends Required<TokenInput> {
  readonly kid: string;
  readonly token: string;
  readonly sessionKey: string;
  readonly subjectKey: string | null;
}

/** A key of a secret, by its name in the wire format. */
export const derive = (secret: string, name: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "", `rwt/1/${name}`, bytes));

export const hmacOf = (key: Buffer, data: Buffer | string): Buffer =>
  createHmac("sha256", key).update(data).digest();

/** The first 32 bytes of a token. */
export function bodyOf({ deadline, expire, random }: TokenInput, kid: Buffer, slot: Buffer): Buffer {
  const body = Buffer.alloc(32);
  body.writeUInt8(1, 0);
  kid.copy(body, 1);
  body.writeUIntBE(deadline, 2, 5);
  body.writeUInt32BE(expire, 7);
  slot.copy(body, 11);
  Buffer.from(random, "hex").copy(body, 13);
  return body;
}

export const tokenText = (body: Buffer, tag: Buffer): string =>
  `rwt_${Buffer.concat([body, tag.subarray(0, 16)]).toString("base64url")}`;

/**
 * Makes a vector, with Node's own crypto and nothing of src: a second implementation, so that the two can be compared.
 */
export function tokenVector(input: TokenInput): TokenVector {
  const { secret, subject } = input;
  const kid = derive(secret, "kid", 1);
  const hash = subject === null ? undefined : hmacOf(derive(secret, "subject", 32), subject);
  const slot = hash?.subarray(0, 2) ?? Buffer.from(input.slot ?? "", "hex");
  const body = bodyOf(input, kid, slot);
  const mac = hmacOf(derive(secret, "token", 32), body);
  const hashTag = `rwt:{${slot.toString("hex")}}`;
  return {
    secret,
    subject,
    deadline: input.deadline,
    expire: input.expire,
    slot: slot.toString("hex"),
    random: input.random,
    kid: kid.toString("hex"),
    token: tokenText(body, mac),
    sessionKey: `${hashTag}:s:${mac.subarray(16).toString("base64url")}`,
    subjectKey: hash === undefined ? null : `${hashTag}:u:${hash.subarray(2, 18).toString("base64url")}`,
  };
}
