import { isPasswordHash, NOBODYS_HASH, verifyPassword, workOf } from "./password.ts";

/** The session's data, which every service that shares the Redis can read. It must not contain the hash. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

export interface Users {
  readonly ids: readonly string[];
  /** Returns the user with that name and password. `null` doesn't reveal which of the two was wrong. */
  authenticate(name: string, password: string): Promise<User | null>;
}

/** Used if there are no accounts. */
const MIN_WORK = 100_000;

interface Account {
  readonly user: User;
  readonly hash: string;
}

/**
 * Reads DEMO_USERS: `{ "ada": { "hash": "pbkdf2-sha256$…", "role": "admin", "displayName": "Ada Lovelace" } }`.
 *
 * @throws TypeError if it is missing or malformed
 */
export function readUsers(json: string | undefined): Users {
  const accounts = new Map(Object.entries(parse(json)).map(([id, entry]) => [id, readAccount(id, entry)]));
  // Every name takes one iteration more than the strongest hash, so that the time reveals neither which accounts exist nor whose hash
  // is old.
  const work = 1 + Math.max(MIN_WORK, ...[...accounts.values()].map(({ hash }) => workOf(hash)));
  return {
    ids: [...accounts.keys()],
    async authenticate(name, password) {
      const account = accounts.get(name);
      const matches = await verifyPassword(password, account?.hash ?? NOBODYS_HASH, work);
      return account !== undefined && matches ? account.user : null;
    },
  };
}

function parse(json: string | undefined): object {
  if (!json)
    throw new TypeError(
      "DEMO_USERS is not set. See worker-example/demo-users.ts for the format; its passwords are public, so use them only on your own machine",
    );
  let users: unknown;
  try {
    users = JSON.parse(json);
  } catch {
    throw new TypeError("DEMO_USERS is not JSON");
  }
  if (!isObject(users)) throw new TypeError("DEMO_USERS must be a JSON object of users by their names");
  return users;
}

function readAccount(id: string, entry: unknown): Account {
  const { hash, role, displayName } = isObject(entry) ? entry : {};
  if (!isPasswordHash(hash)) {
    throw new TypeError(`DEMO_USERS: ${id} needs a "hash" that worker-example/hash-password.ts printed`);
  }
  if (typeof role !== "string" || typeof displayName !== "string") {
    throw new TypeError(`DEMO_USERS: ${id} needs a "role" and a "displayName", both text`);
  }
  return { user: { id, name: displayName, role }, hash };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
