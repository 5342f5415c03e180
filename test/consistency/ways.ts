import type { VerifyOptions } from "../../src/index.ts";

/** A way to ask whether a token is live. */
export interface Way {
  readonly name: string;
  readonly confirmNull?: boolean;
  /** @param mark - of the service that has just written */
  readonly options: (mark: string) => VerifyOptions;
  /** Whether it also sees what has ended elsewhere. */
  readonly seesEnds: boolean;
}

export const WAYS: readonly Way[] = [
  { name: "plain", options: () => ({}), seesEnds: true },
  { name: "fresh", options: () => ({ fresh: true }), seesEnds: true },
  { name: "after", options: (mark) => ({ after: mark }), seesEnds: true },
  { name: "confirmNull", confirmNull: true, options: () => ({}), seesEnds: false },
];
