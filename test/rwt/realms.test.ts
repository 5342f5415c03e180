import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

/** Values as test runners create them, above all Jest. */
test("bytes and plain objects from another realm are accepted", async () => {
  const secret = runInNewContext("new Uint8Array(32).fill(7)") as Uint8Array;
  expect(secret).not.toBeInstanceOf(Uint8Array);
  const store = memoryStore();
  const token = await createRwt({ store, secret }).sign(runInNewContext("({ a: [{ b: 1 }] })"));
  const session = await createRwt({ store, secret: new Uint8Array(32).fill(7) }).verify(token);
  expect(session?.data).toEqual({ a: [{ b: 1 }] });
});
