import { expect } from "vitest";
import { expectNoLeak } from "../support/leaks.ts";

/** Fails unless `work` throws for the option, with the code, and without any of the secrets. */
export function expectOptionError(
  work: () => unknown,
  option: string,
  code: string,
  secrets: Readonly<Record<string, string>>,
): void {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ option, code: `ERR_RWT_OPTION_${code}` });
    expectNoLeak(error, secrets);
    return;
  }
  expect.fail(`${option} was taken`);
}
