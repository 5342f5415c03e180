import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { createOnce } from "../../src/once/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const store = memoryStore();
const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt({ store, secret }).with(sessions());
const once = createOnce({ store, secret, purpose: "test", expire: 60 });

test.each<[string, (subject: string) => Promise<unknown>]>([
  ["sign", (subject) => rwt.sign(1, { subject })],
  ["list", (subject) => rwt.list(subject)],
  ["destroyAll", (subject) => rwt.destroyAll(subject)],
  ["updateAll", (subject) => rwt.updateAll(subject, 1)],
  ["destroyById", (subject) => rwt.destroyById(subject, "A".repeat(22))],
  ["issue", (subject) => once.issue(1, { subject })],
  ["revokeAll", (subject) => once.revokeAll(subject)],
])("%s takes a user's id, and no token in its place", async (_, call) => {
  const token = await rwt.sign(1, { subject: "42" });
  const error = await call(token).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: "ERR_RWT_OPTION_RANGE",
    option: "subject",
    message: "subject must be the user's id, not a token",
  });
});

test("a promise of the user's id is refused", async () => {
  await expect(rwt.destroyAll(Promise.resolve("42") as never)).rejects.toThrow(
    "subject must be text, not a promise: await it",
  );
});

test('onLimit "reject" without a limit, which would never refuse a sign-in, is refused', () => {
  const message = "onLimit must be left out unless maxSessions is set";
  expect(() => sessions({ onLimit: "reject" })).toThrow(
    expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "onLimit", message }),
  );
  sessions({ onLimit: "endOldest" }); // the default says no more
});
