import { describe, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { createOnce } from "../../src/once/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { storeContract } from "../../src/testing/index.ts";
import { conformance } from "../conformance/cases.ts";
import { onceCases } from "../conformance/once-cases.ts";
import { sessionCases } from "../conformance/session-cases.ts";
import type { TimeMachine } from "../conformance/time-machine.ts";

/**
 * Runs the shared suites with Vitest: the store contract, and the conformance of the token service, of a person's sessions and of
 * one-time tokens.
 *
 * @param openStore - opens the store under test. It is closed after each case
 */
export function runSuites(name: string, time: TimeMachine, openStore: () => TokenStore): void {
  async function withStores(work: (open: () => TokenStore) => Promise<void>): Promise<void> {
    const opened: TokenStore[] = [];
    try {
      await work(() => {
        const store = openStore();
        opened.push(store);
        return store;
      });
    } finally {
      await Promise.all(opened.map((store) => store.disconnect()));
    }
  }

  describe(`${name}: store contract`, () => {
    for (const { name, run } of storeContract({ advance: time.advance })) {
      test(name, () => withStores((open) => run(open())));
    }
  });
  describe(`${name}: conformance`, () => {
    for (const { name, run } of conformance) {
      test(name, () => withStores((openStore) => run({ createRwt, openStore, ...time })));
    }
  });
  describe(`${name}: a person's sessions`, () => {
    for (const { name, run } of sessionCases) {
      test(name, () =>
        withStores((openStore) => run({ createRwt, sessions, encryption, openStore, ...time })),
      );
    }
  });
  describe(`${name}: one-time tokens`, () => {
    for (const { name, run } of onceCases) {
      test(name, () => withStores((openStore) => run({ createRwt, createOnce, openStore, ...time })));
    }
  });
}
