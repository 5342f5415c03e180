import type { MockInstance } from "vitest";
import { vi } from "vitest";

interface Process {
  getBuiltinModule?(name: string): { createHmac(...args: unknown[]): unknown } | undefined;
}

const { process } = globalThis as { process?: Process };

/** The runtime's own synchronous crypto, where it has one. */
export const nativeCrypto = process?.getBuiltinModule?.("node:crypto");

/** Counts the hashes, of whichever kind this runtime makes. */
export const spyOnHashes = (): MockInstance =>
  nativeCrypto ? vi.spyOn(nativeCrypto, "createHmac") : vi.spyOn(crypto.subtle, "sign");

/** Runs something as on a runtime that has Web Crypto alone. */
export async function withoutNativeCrypto<T>(run: () => Promise<T>): Promise<T> {
  const hidden = process?.getBuiltinModule && vi.spyOn(process as Required<Process>, "getBuiltinModule");
  hidden?.mockReturnValue(undefined);
  try {
    return await run();
  } finally {
    hidden?.mockRestore();
  }
}
