import { atLeast, type Check, withGoal } from "./section.ts";
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
  /** The goal on the page for users that the target belongs to. */
  readonly goal?: string;
  /** How the check names the row. */
  readonly how?: string;
  /** Whether the bare client may have its best setting, rather than that of the row. */
  readonly best?: boolean;
}

const unseen = (client: Client): string => notMemoized(oursOn(client));
const NOT_MEMOIZED = ", tokens not yet memoized";
const WITH_SUBJECT = ", with a subject";

const VERIFY: readonly Target[] = [
  { row: oursOn, clients: CLIENTS, concurrent: 1, bound: 0.93, goal: "verify, one at a time" },
  { row: oursOn, clients: CLIENTS, concurrent: 16, bound: 0.95, goal: "verify, 16 concurrent" },
  {
    row: oursOn,
    clients: IN_EVERY_SETTING,
    concurrent: 64,
    bound: 1.1,
    best: true,
    goal: "verify, 64 concurrent",
  },
  {
    row: unseen,
    clients: IN_EVERY_SETTING,
    concurrent: 64,
    bound: 0.7,
    how: NOT_MEMOIZED,
    best: true,
    goal: "verify, 64 concurrent, tokens not yet memoized",
  },
  { row: withSubject, clients: CLIENTS, concurrent: 64, bound: 0.9, how: WITH_SUBJECT },
  {
    row: oursOn,
    clients: IN_EVERY_SETTING,
    concurrent: 256,
    bound: 1.3,
    best: true,
    goal: "verify, 256 concurrent",
  },
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
  targets.flatMap(({ row, clients, concurrent, bound, goal, how = "", best = false }) =>
    clients.map((client) => {
      const bare = best ? bestBareOn(speeds, client, concurrent) : bareOn(client);
      const setting = best ? " in the best setting" : "";
      const check = atLeast(
        `${what} over ${client}, ${concurrent} concurrent${how}, compared with ${command} and JSON.parse${setting}`,
        bound,
        ratio(speeds, row(client), bare, concurrent),
      );
      return goal === undefined
        ? check
        : withGoal(`${goal}, compared with the bare client${setting}`, client, check);
    }),
  );
