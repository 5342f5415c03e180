import type { MockInstance } from "vitest";
import { vi } from "vitest";

interface Process {
  getBuiltinModule?(name: string): { hash?(...args: unknown[]): unknown } | undefined;
}

const { process } = globalThis as { process?: Process };

const nativeCrypto = process?.getBuiltinModule?.("node:crypto");

/** Whether the runtime has a native synchronous hash. */
export const hasNativeHash: boolean = nativeCrypto?.hash !== undefined;

/** Counts the MACs that the runtime computes with keys that are derived from now on. */
export function spyOnMacs(): MockInstance & { readonly macs: () => number } {
  const spy: MockInstance = hasNativeHash
    ? vi.spyOn(nativeCrypto as Required<NonNullable<typeof nativeCrypto>>, "hash")
    : vi.spyOn(crypto.subtle, "sign");
  // A native MAC takes two hashes.
  return Object.assign(spy, { macs: () => spy.mock.calls.length / (hasNativeHash ? 2 : 1) });
}

/** Runs something as on a runtime that has only Web Crypto. */
export async function withoutNativeCrypto<T>(run: () => Promise<T>): Promise<T> {
  const hidden = process?.getBuiltinModule && vi.spyOn(process as Required<Process>, "getBuiltinModule");
  hidden?.mockReturnValue(undefined);
  try {
    return await run();
  } finally {
    hidden?.mockRestore();
  }
}
