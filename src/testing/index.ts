/**
 * For tests of an app: a service with a clock of its own, and signed-in users. For authors of a store: its contract, as a suite
 * for any test runner.
 *
 * @module
 */
import { commandCases, timelyCommandCases } from "./command-cases.ts";
import type { ContractCase } from "./contract-case.ts";
import { serviceCases, timelyServiceCases } from "./service-cases.ts";

export type { ContractCase } from "./contract-case.ts";
export {
  type ActingAsOptions,
  type ActingUser,
  actingAs,
  type PlaywrightCookie,
  type TestRwt,
  type TestRwtOptions,
  testRwt,
} from "./test-rwt.ts";

/** Options of {@link storeContract}. */
export interface StoreContractOptions {
  /**
   * Advances the time by so many seconds, for a store with its own clock.
   * @default waits in real time; the whole suite takes some 4 seconds if its cases run at the same time
   */
  readonly advance?: ((seconds: number) => Promise<void>) | undefined;
}

const wait = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });

/**
 * Returns the cases that every store has to pass.
 *
 * @example
 * ```ts
 * import { test } from "vitest";
 * import { memoryStore } from "redis-web-token/memory";
 * import { storeContract } from "redis-web-token/testing";
 *
 * const store = memoryStore();
 * for (const { name, run } of storeContract()) test(name, () => run(store));
 * ```
 */
export function storeContract({ advance = wait }: StoreContractOptions = {}): readonly ContractCase[] {
  return [...serviceCases, ...commandCases, ...timelyServiceCases(advance), ...timelyCommandCases(advance)];
}
