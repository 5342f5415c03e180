import { EPOCH, type HeaderFields, headerOf, personHeader } from "./header.ts";

/**
 * A session's value, and the result of checking a token of some generation against it. Its times are long past or far ahead, so that
 * the result is the same by Redis's clock at any time.
 */
export interface GenerationVector {
  readonly why: string;
  /** Whether the token has a person. */
  readonly hasPerson: boolean;
  readonly session: string;
  readonly person: string | null;
  /** The token's generation. */
  readonly generation: number;
  /** Only `"live"` is a live token. `"reuse"` also ends the session. */
  readonly answer: "live" | "null" | "reuse";
  /** The session's value afterwards, up to the field `until`. `null` if the session has ended. */
  readonly after: string | null;
}

const PASSED = 1;
const TO_COME = 9_999_999_999;

/** A header's first 43 bytes. */
const upToUntil = (header: string): string => header.slice(0, 43);

function vector(
  why: string,
  fields: HeaderFields,
  generation: number,
  answer: GenerationVector["answer"],
  changes: HeaderFields = {},
): GenerationVector {
  const given = { generation: 5, ...fields };
  return {
    why,
    hasPerson: false,
    session: `${headerOf(given)}\n{}\n1`,
    person: null,
    generation,
    answer,
    after: answer === "reuse" ? null : upToUntil(headerOf({ ...given, ...changes })),
  };
}

/** A session whose epoch isn't its person's: the token is dead and nothing changes, whatever the generation. */
const ended = (why: string, epoch: string, person: string | null, generation: number): GenerationVector => {
  const header = headerOf({ generation: 5, state: 0, again: PASSED, epoch });
  return {
    why,
    hasPerson: person !== null,
    session: `${header}\n{}\n1`,
    person,
    generation,
    answer: "null",
    after: upToUntil(header),
  };
};

const grace = { until: TO_COME, again: TO_COME };
const stragglers = { until: PASSED, again: TO_COME };
const over = { until: PASSED, again: PASSED };

export const generationVectors = (): GenerationVector[] => [
  vector("the present one", { state: 1 }, 5, "live"),
  vector("the present one, at its first use", { state: 0, ...grace }, 5, "live", { state: 1 }),
  vector("the present one, at its first use, and strict", { state: 2 }, 5, "live", { state: 3 }),
  vector("the present one, used and strict", { state: 3 }, 5, "live"),
  vector("one ahead: a failover lost a rotation", { state: 1 }, 6, "live", { generation: 6 }),
  vector("one ahead, in a grace", { state: 0, ...grace }, 6, "live", { generation: 6, state: 1, until: 0 }),
  vector("four ahead, and strict", { state: 2 }, 9, "live", { generation: 9, state: 1 }),
  vector("as far ahead as can be", { state: 1 }, 65_535, "live", { generation: 65_535 }),
  vector("directly before an unused one", { state: 0, until: PASSED, again: PASSED }, 4, "live"),
  vector("directly before an unused one, in its grace", { state: 0, ...grace }, 4, "live"),
  vector("directly before a used one, in its grace", { state: 1, ...grace }, 4, "live"),
  vector("directly before a used one, a straggler", { state: 1, ...stragglers }, 4, "null"),
  vector("directly before a used one, without grace", { state: 1, again: TO_COME }, 4, "null"),
  vector("directly before a used one, late", { state: 1, ...over }, 4, "reuse"),
  vector("directly before an unused strict one, a straggler", { state: 2, ...stragglers }, 4, "null"),
  vector("directly before an unused strict one, late", { state: 2, ...over }, 4, "reuse"),
  vector("directly before a used strict one, late", { state: 3, ...over }, 4, "reuse"),
  vector("two before an unused one, in a grace", { state: 0, ...grace }, 3, "null"),
  vector("two before an unused one, late", { state: 0, ...over }, 3, "reuse"),
  vector("eight before, a straggler", { generation: 9, ...stragglers }, 1, "null"),
  vector("nine before, whenever", { generation: 9, ...stragglers }, 0, "reuse"),
  vector(
    "before an ahead one of a failover",
    { generation: 6, state: 1, until: 0, again: TO_COME },
    5,
    "null",
  ),
  ended("late, of an epoch that has ended", EPOCH, personHeader(0, "AbCd_-01235"), 3),
  ended("ahead, of an epoch that has ended", EPOCH, personHeader(0, "AbCd_-01235"), 6),
  ended("at its first use, of an epoch that has ended", EPOCH, personHeader(0, "AbCd_-01235"), 5),
  ended("late, with an epoch but without a person", EPOCH, null, 3),
];
