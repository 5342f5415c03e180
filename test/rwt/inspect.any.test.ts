import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { forged } from "../support/forged.ts";
import { untouchedStore } from "../support/untouched-store.ts";

const secret = "a secret of the tests, 32 bytes or more";
let time = 1_800_000_000;
const now = (): number => time;

test("inspect tells a genuine token before its deadline from all others, and asks nobody", async () => {
  const store = untouchedStore();
  const rwt = createRwt({ store, secret, now });
  const signer = createRwt({ store: memoryStore({ now }), secret, now, maxLifetime: 60 });
  const token = await signer.sign("Ada", { expire: 30 });
  expect(await rwt.inspect(token)).toEqual({ deadline: time + 60, expire: 30 });
  for (const bad of [forged(token), `${token}A`, "", null, undefined])
    expect(await rwt.inspect(bad)).toBeNull();
  const other = createRwt({ store, secret: "another secret of the tests, 32 bytes", now });
  expect(await other.inspect(token)).toBeNull();
  // It says nothing about the session.
  await signer.destroy(token);
  expect(await rwt.inspect(token)).not.toBeNull();
  time += 60;
  expect(await rwt.inspect(token)).toBeNull();
  expect(store.calls).toEqual([]);
});

test("sign takes a lifetime of its own, up to the service's", async () => {
  const rwt = createRwt({ store: memoryStore({ now }), secret, now, maxLifetime: 600, expire: 300 });
  const token = await rwt.sign("Ada", { maxLifetime: 60 });
  const session = await rwt.verify(token);
  expect(session).toMatchObject({ deadline: time + 60, expire: 60 });
  await rwt.extend(token);
  time += 59;
  expect(await rwt.verify(token)).not.toBeNull();
  time += 1;
  expect(await rwt.verify(token)).toBeNull();
  for (const maxLifetime of [601, 0, 1.5])
    await expect(rwt.sign("Ada", { maxLifetime })).rejects.toMatchObject({ option: "maxLifetime" });
  await expect(rwt.sign("Ada", { maxLifetime: 60, expire: 61 })).rejects.toMatchObject({ option: "expire" });
});
