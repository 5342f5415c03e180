import { expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { createRing } from "../../src/token/key-ring.ts";

test("calls in different ticks that derive the same keys get the same objects, whichever is ready first", async () => {
  const waiting: ((keys: object) => void)[] = [];
  const ring = createRing(["a secret"], () => new Promise<object>((resolve) => waiting.push(resolve)));
  const first = ring();
  await Promise.resolve();
  const second = ring();
  expect(waiting).toHaveLength(2);
  waiting[1]?.({});
  const [late] = await second;
  waiting[0]?.({});
  expect((await first)[0]).toBe(late);
  expect((await ring())[0]).toBe(late);
});

test("concurrent first calls of an encrypting service all work", async () => {
  for (let i = 0; i < 20; i++) {
    const rwt = createRwt({
      store: memoryStore(),
      secret: `a secret of the tests, 32 bytes or more: ${i}`,
    }).with(encryption());
    const tokens: Promise<string>[] = [];
    for (let j = 0; j < 10; j++) {
      tokens.push(rwt.sign(j, { subject: "42" }));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    for (const [j, token] of (await Promise.all(tokens)).entries())
      expect(await rwt.verify(token)).toMatchObject({ data: j });
  }
});
