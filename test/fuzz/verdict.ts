import { isObject } from "../../src/lib/json.ts";

/** What a verifier without encryption must return for stored values. */
export type Verdict =
  | { readonly is: "none" | "no answer" }
  /** The token has an older generation, so a script decides. */
  | { readonly is: "older" }
  | {
      readonly is: "session";
      readonly iat: number;
      readonly data: unknown;
      readonly sub: string | undefined;
      readonly meta: unknown;
    };

interface Stored {
  readonly session: string | null;
  readonly person: string | null;
  /** Whether the token has a person. */
  readonly hasPerson: boolean;
  /** The token's generation. */
  readonly generation: number;
}

const NONE = { is: "none" } as const;
const NO_ANSWER = { is: "no answer" } as const;
const DASHES = "-----------";
const isOtherVersion = (text: string): boolean => /^\d+ /.test(text) && !text.startsWith("1 ");

function json(line: string | undefined): unknown {
  try {
    return line === undefined ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Whether an object has its own member. */
const own = (value: object, name: string): unknown => Object.getOwnPropertyDescriptor(value, name)?.value;

/** The rules of SPEC.md for values, implemented without the library's code. */
export function verdictOn({ session, person, hasPerson, generation }: Stored): Verdict {
  if (session === null) return NONE;
  const header = session.slice(0, 72);
  if (!/^1 \d{10} [\w-]{11} \d{5} \d \d{10} \d{10} \d{8} \d{8}$/.test(header))
    return isOtherVersion(session) ? NONE : NO_ANSWER;
  const epoch = header.slice(13, 24);
  if ((epoch === DASHES) === hasPerson) {
    // The person is read anyway, and may be invalid.
    const isRead = hasPerson && person !== null;
    return isRead && !isPerson(person) && !isOtherVersion(person) ? NO_ANSWER : NONE;
  }
  let serial = 0;
  if (hasPerson) {
    if (person === null) return NONE;
    if (!isPerson(person)) return isOtherVersion(person) ? NONE : NO_ANSWER;
    if (person.slice(2, 13) !== epoch) return NONE;
    serial = Number(person.slice(14, 22));
  }
  if (generation < Number(header.slice(25, 30))) return { is: "older" };
  const [, facts, line] = session.split("\n");
  const isBehind = hasPerson && serial > Number(header.slice(55, 63));
  const data = json(isBehind ? person?.split("\n")[1] : line);
  const factsOf = json(facts);
  if (data === undefined || factsOf === undefined) return NO_ANSWER;
  if (!isObject(factsOf)) return NONE;
  const [sub, meta] = [own(factsOf, "sub"), own(factsOf, "meta")];
  if (sub !== undefined && typeof sub !== "string") return NONE;
  if (meta !== undefined && !isObject(meta)) return NONE;
  return { is: "session", iat: Number(header.slice(2, 12)), data, sub, meta };
}

const isPerson = (text: string): boolean => /^1 [\w-]{11} \d{8}/.test(text);
