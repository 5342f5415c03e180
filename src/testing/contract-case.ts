import type { TokenStore } from "../store.ts";

/** One promise of the contract. */
export interface ContractCase {
  /** A sentence about what a store does. */
  readonly name: string;
  /** Rejects if the store breaks the promise. Each case uses its own keys, so cases may run at the same time. */
  run(store: TokenStore): Promise<void>;
}
