import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { isObject } from "../../src/lib/json.ts";
import { decodeSession, encodeSession } from "../../src/session.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import { expectThat, type Target } from "./target.ts";

/** Those of the corpus. Unix seconds. */
const DEADLINE = 2_000_000_000;
const NOW = 1_900_000_000;

const read = (file: string): readonly string[] =>
  JSON.parse(readFileSync(new URL(`corpus/${file}.json`, import.meta.url), "utf8"));
export const sessionValues: readonly string[] = read("values");
export const jsonWords: readonly string[] = [...read("words"), ...sessionValues];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What SPEC.md says of a value, told without the library's code. */
export function verdictOn(text: string, deadline: number, now: number): "session" | "none" | "no answer" {
  const value = parsed(text);
  if (!isObject(value)) return "no answer";
  const own = (name: string): unknown => Object.getOwnPropertyDescriptor(value, name)?.value;
  const end = own("end");
  const isSession =
    own("v") === 1 &&
    own("exp") === deadline &&
    Number.isInteger(own("iat")) &&
    own("data") !== undefined &&
    (end === undefined || Number(end) > now) &&
    ["undefined", "string"].includes(typeof own("sub")) &&
    (own("meta") === undefined || isObject(own("meta")));
  return isSession ? "session" : "none";
}

/** JSON of any shape, of the pieces that values are made of. */
function anyJson(random: Random, depth: number): unknown {
  const kind = random.below(depth > 3 ? 5 : 7);
  if (kind === 0) return random.below(2 ** 31) - 2 ** 30;
  if (kind === 1) return random.pick([null, true, false, "", 1.5, -1e-7]);
  if (kind < 5) return mutate(random.pick(jsonWords), random, jsonWords);
  const members = Array.from({ length: random.below(4) }, () => anyJson(random, depth + 1));
  if (kind === 5) return members;
  const names = ["data", "exp", "v", "__proto__", "toString", 'a"b'];
  return Object.fromEntries(members.map((member) => [random.pick(names), member]));
}

/** The decoder of session values, and the encoder: no data ever reaches what stands beside it. */
export async function valueTarget(): Promise<Target> {
  let sessions = 0;
  const pollution = Object.keys(Object.prototype).length;

  async function execute(random: Random): Promise<void> {
    if (random.below(4) === 0) return roundTrip(random);
    const text = mutate(random.pick(sessionValues), random, jsonWords);
    const decoded = decodeSession(text, DEADLINE, NOW);
    const verdict = decoded === undefined ? "no answer" : decoded === null ? "none" : "session";
    const truth = verdictOn(text, DEADLINE, NOW);
    expectThat(verdict === truth, `the value is ${truth}, and decoded as ${verdict}`, text);
    if (!decoded) return;
    sessions++;
    const value = parsed(text) as Record<string, unknown>;
    expectThat(
      decoded.deadline === DEADLINE && decoded.issuedAt === value.iat,
      "times are the value's",
      text,
    );
    expectThat(isDeepStrictEqual(decoded.data, value.data), "data comes back as it stands", text);
    expectThat(Object.keys(Object.prototype).length === pollution, "no prototype is polluted", text);
  }

  async function roundTrip(random: Random): Promise<void> {
    const session = {
      data: anyJson(random, 0),
      subject: random.below(2) === 0 ? undefined : mutate(random.pick(jsonWords), random, jsonWords),
      meta: random.below(2) === 0 ? undefined : { note: anyJson(random, 2) },
      issuedAt: NOW,
      deadline: DEADLINE,
    };
    const text = encodeSession(session, random.below(2) === 0 ? undefined : "index");
    const decoded = decodeSession(text, DEADLINE, NOW);
    expectThat(isDeepStrictEqual(decoded, session), "what is encoded is decoded as it was", session);
    expectThat(
      decodeSession(text, DEADLINE + 1, NOW) === null,
      "another deadline is another session",
      session,
    );
    sessions++;
  }

  return { name: "values", share: 0.2, execute, note: () => `${sessions} sessions decoded` };
}
