import type { TokenStore } from "../store.ts";

/** One promise of the contract. */
export interface ContractCase {
  /** A sentence about what a store does. */
  readonly name: string;
  /** Rejects where the store doesn't. Cases use keys of their own, so they may run at the same time. */
  run(store: TokenStore): Promise<void>;
}
