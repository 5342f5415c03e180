import { atLeast, type Check } from "./section.ts";
import {
  bareOn,
  bestBareOn,
  CLIENTS,
  type Client,
  IN_EVERY_SETTING,
  notMemoized,
  oursOn,
  ratio,
  type Speeds,
  withSubject,
} from "./speeds.ts";

/** A row of the library that has to reach a share of its bare client's speed. */
interface Target {
  readonly row: (client: Client) => string;
  readonly clients: readonly Client[];
  readonly concurrent: number;
  readonly bound: number;
  /** How the check names the row. */
  readonly how?: string;
  /** Whether the bare client may have its best setting, rather than that of the row. */
  readonly best?: boolean;
}

const unseen = (client: Client): string => notMemoized(oursOn(client));
const NOT_MEMOIZED = ", tokens not yet memoized";
const WITH_SUBJECT = ", with a subject";

const VERIFY: readonly Target[] = [
  { row: oursOn, clients: CLIENTS, concurrent: 1, bound: 0.93 },
  { row: oursOn, clients: CLIENTS, concurrent: 16, bound: 0.95 },
  { row: oursOn, clients: IN_EVERY_SETTING, concurrent: 64, bound: 1.1, best: true },
  { row: unseen, clients: IN_EVERY_SETTING, concurrent: 64, bound: 0.7, how: NOT_MEMOIZED, best: true },
  { row: withSubject, clients: CLIENTS, concurrent: 64, bound: 0.9, how: WITH_SUBJECT },
  { row: oursOn, clients: IN_EVERY_SETTING, concurrent: 256, bound: 1.3, best: true },
  { row: unseen, clients: CLIENTS, concurrent: 256, bound: 0.55, how: NOT_MEMOIZED },
  { row: withSubject, clients: CLIENTS, concurrent: 256, bound: 0.9, how: WITH_SUBJECT },
];

/** A sliding verify with a subject has no target: it takes two commands, and the bare client takes one. */
const SLIDING: readonly Target[] = [64, 256].flatMap((concurrent) => [
  { row: oursOn, clients: CLIENTS, concurrent, bound: 0.9 },
  { row: unseen, clients: CLIENTS, concurrent, bound: 0.55, how: NOT_MEMOIZED },
]);

export const verifyTargets = (speeds: Speeds): Check[] => checks("verify", "GET", VERIFY, speeds);
export const slidingTargets = (speeds: Speeds): Check[] => checks("sliding verify", "GETEX", SLIDING, speeds);

const checks = (
  what: string,
  command: "GET" | "GETEX",
  targets: readonly Target[],
  speeds: Speeds,
): Check[] =>
  targets.flatMap(({ row, clients, concurrent, bound, how = "", best = false }) =>
    clients.map((client) =>
      atLeast(
        `${what} over ${client}, ${concurrent} concurrent${how}, compared with ${command} and JSON.parse${best ? " in the best setting" : ""}`,
        bound,
        ratio(
          speeds,
          row(client),
          best ? bestBareOn(speeds, client, concurrent) : bareOn(client),
          concurrent,
        ),
      ),
    ),
  );
