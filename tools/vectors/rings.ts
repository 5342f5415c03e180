import { bytesFor, secretFor, secretsOfOneKid } from "./inputs.ts";
import { bodyOf, derive, hmacOf, type TokenInput, tokenOf, tokenText } from "./token.ts";

/** A token and a service's secrets. `opensWith` is the index of the secret that opens it. */
export interface RingVector {
  readonly secrets: readonly string[];
  readonly token: string;
  readonly opensWith: number;
}

/** A token that must be rejected without asking Redis. */
export interface RejectedVector {
  readonly secrets: readonly string[];
  readonly token: string;
  readonly why: string;
}

const input = (secret: string): TokenInput => ({
  secret,
  subject: "user-42",
  deadline: 4_102_444_800,
  expire: 3600,
  generation: 0,
  id: bytesFor("ring", 16).toString("hex"),
});

export function ringVectors(): RingVector[] {
  const [one, two, three] = [secretFor("new"), secretFor("old"), secretFor("oldest")];
  const sameKid = secretsOfOneKid();
  const rings: [readonly string[], number][] = [
    [[one], 0],
    [[one, two, three], 0],
    [[one, two, three], 1],
    [[one, two, three], 2],
    [sameKid, 0],
    [sameKid, 1],
  ];
  return rings.map(([secrets, opensWith]) => ({
    secrets,
    token: tokenOf(input(secrets[opensWith] ?? "")),
    opensWith,
  }));
}

export function rejectedVectors(): RejectedVector[] {
  const secret = secretFor("rejecting");
  const body = bodyOf(input(secret));
  const key = derive(secret, "token", 32);
  const token = tokenText(body, hmacOf(key, body));

  const changed = (change: (body: Buffer) => void): string => {
    const other = Buffer.from(body);
    change(other);
    return tokenText(other, hmacOf(key, other));
  };
  const flipped = (bit: number): string => {
    const bytes = Buffer.from(token.slice(4), "base64url");
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return `rwt_${bytes.toString("base64url")}`;
  };
  const cut = body.subarray(0, 40);
  const rejected: [string, string][] = [
    ["", "empty"],
    ["rwt_", "no bytes"],
    [token.slice(0, -1), "a character short"],
    [`${token}A`, "a character long"],
    [token.slice(0, -4), "a group of four short"],
    [`${token}AAAA`, "a group of four long"],
    [`rwt_${"A".repeat(64)}`, "as long as a token with 48 bytes"],
    [tokenText(cut, hmacOf(key, cut)), "a body of 40 bytes, rightly signed"],
    [token.slice(4), "no prefix"],
    [`RWT_${token.slice(4)}`, "prefix in capitals"],
    [`rwt-${token.slice(4)}`, "another prefix"],
    [`${token.slice(0, 10)}+${token.slice(11)}`, "a + of plain base64"],
    [`${token.slice(0, 10)}/${token.slice(11)}`, "a / of plain base64"],
    [`${token.slice(0, -1)}=`, "padding"],
    [`${token}\n`, "a newline at the end"],
    [` ${token}`, "white space before"],
    [`${token.slice(0, 10)}é${token.slice(11)}`, "a character beyond ASCII"],
    [`${token.slice(0, 10)}\u0000${token.slice(11)}`, "a NUL"],
    [changed((other) => other.writeUInt8(2, 0)), "version 2, rightly signed"],
    [changed((other) => other.writeUInt8(0, 0)), "version 0, rightly signed"],
    [changed((other) => other.writeUInt32BE(0, 7)), "expire 0, rightly signed"],
    [changed((other) => other.writeUInt8(other.readUInt8(1) ^ 1, 1)), "another kid, rightly signed"],
    [tokenText(body, Buffer.alloc(16)), "a tag of zeros"],
    [tokenText(body, hmacOf(key, body).subarray(16)), "the MAC's second half as its tag"],
    [tokenText(body, hmacOf(derive(secret, "subject", 32), body)), "signed with the subject key"],
    [tokenText(body, hmacOf(derive(secret, "lookup", 32), body)), "signed with the lookup key"],
    [tokenText(body, hmacOf(Buffer.from(secret), body)), "signed with the secret itself"],
    ...[0, 8, 16, 55, 56, 87, 88, 103, 104, 199, 200, 327, 328, 400, 455].map((bit): [string, string] => [
      flipped(bit),
      `bit ${bit} flipped`,
    ]),
  ];
  const foreign = {
    secrets: [secretFor("another")],
    token,
    why: "signed with a secret that is not in the ring",
  };
  return [...rejected.map(([text, why]) => ({ secrets: [secret], token: text, why })), foreign];
}
