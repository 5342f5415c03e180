/** Every sentence with which TypeScript answers a mistake is in the list that the other languages are tested with. */
import { expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { createOnce, type OnceOptions } from "../../src/once/index.ts";
import { meetsRequirement, requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { callOnce, FACTS, ONCE, ONCE_CALLS, REQUIRE } from "./feature-mistakes.ts";
import { AUTH, CALLS, ENCRYPTION, LIMIT, SERVICE, sharedSentences } from "./mistakes.ts";

const basis = { store: memoryStore(), secret: "s".repeat(32) };
const basic = createRwt(basis);
const rwt = basic.with(sessions());
const onceBasis: OnceOptions = { ...basis, purpose: "tests", expire: 60 };
const once = createOnce(onceBasis);

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail("no mistake");
}

test("a new error of TypeScript needs a mistake that provokes it in each language", async () => {
  const methods = rwt as unknown as Record<string, (...args: unknown[]) => unknown>;
  const messages = await Promise.all([
    ...SERVICE.map((options) => messageOf(() => createRwt({ ...basis, ...options } as RwtOptions))),
    ...ENCRYPTION.map((options) => messageOf(() => encryption(options))),
    ...LIMIT.map((options) => messageOf(() => basic.with(sessions(options)))),
    ...[...CALLS, ...FACTS].map(([op, ...args]) => messageOf(() => methods[op]?.(...args))),
    ...ONCE.map((options) => messageOf(() => createOnce({ ...onceBasis, ...options }))),
    ...ONCE_CALLS.map((call) => messageOf(() => callOnce(once, call))),
    ...REQUIRE.map((each) => messageOf(() => meetsRequirement(null, each as never))),
    ...AUTH.map((options) => messageOf(() => requestAuth({ rwt, ...options } as never))),
  ]);
  const sentences = sharedSentences();
  expect(sentences.length).toBeGreaterThan(50);
  const missing = sentences.filter((sentence) => !messages.some((message) => sentence.test(message)));
  expect(missing.map(String)).toEqual([]);
});
