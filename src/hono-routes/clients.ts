import { OptionRangeError } from "../errors.ts";
import { type Bytes, equalInConstantTime, utf8 } from "../lib/bytes.ts";
import { knownOptions, oneOf, rangeError, textLike, typeError } from "../lib/check.ts";
import { MIN_SECRET_BYTES, readSecret } from "../options.ts";
import { createRing } from "../token/key-ring.ts";
import { credentialsIn } from "./credentials.ts";

/** What a client may do: call `/introspect`, `/revoke` or `/token/extend`. */
export type RouteAction = "introspect" | "revoke" | "extend";

/** A service that may call the routes. */
export interface RouteClient {
  /** Its name, in printable ASCII. */
  readonly id: string;
  /**
   * Its secret, 32 or more characters of printable ASCII (`openssl rand -base64 32`); or an array of several, each of which is
   * accepted.
   *
   * To change a secret, add the new one, give it to the client, and drop the old one.
   */
  readonly secret: string | readonly string[];
  /**
   * What it may do: `"introspect"`, `"revoke"`, `"extend"`. Anything else is 403.
   * @default all three
   */
  readonly may?: readonly RouteAction[] | undefined;
}

/** A checked client. */
export interface Client {
  readonly id: string;
  readonly may: readonly RouteAction[];
}

/** Authenticates clients by their secrets. */
export interface Clients {
  /** @returns the client whose credentials the `Authorization` header has; `undefined` for unknown ones */
  authenticate(authorization: string): Promise<Client | undefined>;
}

const ACTIONS: readonly RouteAction[] = ["introspect", "revoke", "extend"];

/** Client ids and secrets consist of VSCHAR (RFC 6749 appendix A). */
const PRINTABLE = /^[\x20-\x7e]+$/;

/** @throws OptionTypeError, OptionRangeError if the list isn't one of clients */
export function createClients(list: readonly RouteClient[]): Clients {
  if (!Array.isArray(list)) throw typeError("clients", "an array of { id, secret }", list);
  if (list.length === 0) throw rangeError("clients", "have at least one client");
  const ids = new Set<string>();
  const owners = new Map<string, Client>();
  for (const given of list as readonly RouteClient[]) {
    const { secret } = knownOptions("a client", given, ["id", "secret", "may"]);
    const client: Client = { id: readId(given.id), may: readMay(given.may) };
    if (ids.has(client.id)) throw new OptionRangeError("clients.id", "two clients must not have the same id");
    ids.add(client.id);
    for (const one of readClientSecrets(secret)) {
      // A Bearer secret comes without an id, so it alone must identify the client.
      if ((owners.get(one) ?? client) !== client) {
        throw new OptionRangeError("clients.secret", "two clients must not have the same secret");
      }
      owners.set(one, client);
    }
  }

  const digests = createRing([...owners], async ([secret, client]) => ({
    digest: await sha256(secret),
    client,
  }));

  return {
    async authenticate(authorization) {
      const known = await digests();
      let found: Client | undefined;
      for (const { id, secret } of credentialsIn(authorization)) {
        // Constant time: all digests have the same length, and all are compared, even after a match.
        const shown = await sha256(secret);
        for (const { digest, client } of known) {
          const isEqual = equalInConstantTime(digest, shown);
          if (isEqual && (id === undefined || id === client.id)) found = client;
        }
      }
      return found;
    },
  };
}

const sha256 = async (text: string): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));

function readId(value: string): string {
  textLike(PRINTABLE, "clients.id", value, "be printable ASCII");
  return value;
}

function readClientSecrets(value: unknown): readonly string[] {
  const secrets: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (secrets.length === 0) throw rangeError("clients.secret", "not be an empty array");
  return secrets.map((secret) => {
    if (typeof secret !== "string") throw typeError("clients.secret", "text, or an array of texts", secret);
    readSecret("clients.secret", secret, MIN_SECRET_BYTES);
    textLike(PRINTABLE, "clients.secret", secret, "be printable ASCII");
    return secret;
  });
}

function readMay(value: unknown = ACTIONS): readonly RouteAction[] {
  if (!Array.isArray(value)) throw typeError("clients.may", "an array", value);
  return value.map((action) => oneOf("clients.may", ACTIONS, action));
}
