import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { forged } from "../support/forged.ts";

const [newest, older] = [
  "the newest secret of the tests, 32 bytes",
  "the one before it in the tests, 32 bytes",
];
const store = memoryStore();
const rwt = createRwt({ store, secret: [newest, older] }).with(sessions());
const before = createRwt({ store, secret: older }).with(sessions());

test("idOf returns the id that list shows, whichever secret signed the token", async () => {
  for (const [service, subject] of [
    [rwt, "new"],
    [before, "old"],
  ] as const) {
    const token = await service.sign("Ada", { subject });
    const id = await rwt.idOf(token);
    expect((await rwt.list(subject)).sessions).toMatchObject([{ id }]);
    expect(await service.idOf(token)).toBe(id);
    expect(await rwt.destroyById(subject, String(id))).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
    // It doesn't call the store.
    expect(await rwt.idOf(token)).toBe(id);
  }
});

test("idOf reveals nothing of the token, and rotations don't change it", async () => {
  const token = await rwt.sign("Ada", { subject: "42" });
  const id = await rwt.idOf(token);
  expect(id).toMatch(/^[\w-]{22}$/);
  expect(token).not.toContain(id);
  let fresh: string | null = token;
  for (let i = 0; i < 3; i++) {
    fresh = await rwt.rotate(fresh);
    expect(await rwt.idOf(fresh)).toBe(id);
  }
  expect((await rwt.list("42")).sessions.map((session) => session.id)).toEqual([id]);
});

test("idOf is null for what isn't a token of these secrets", async () => {
  const stranger = await createRwt({ store, secret: "s".repeat(32) }).sign("Ada");
  const token = await rwt.sign("Ada");
  for (const wrong of [null, undefined, "", "junk", forged(token), stranger]) {
    expect(await rwt.idOf(wrong)).toBeNull();
  }
});

test("idOf refuses a promise, as the other calls do", async () => {
  await expect(rwt.idOf(rwt.sign("Ada") as never)).rejects.toThrow(
    "token must be text, not a promise: await it",
  );
});
