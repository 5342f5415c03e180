import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
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

test("an outage counts as one for another copy of the library too, as bundlers make them", async () => {
  vi.resetModules();
  const copy = await import("../../src/index.ts");
  const { requestAuth } = await import("../../src/request/index.ts");
  expect(copy.StoreUnavailableError).not.toBe(StoreUnavailableError);
  const outage = new StoreUnavailableError("network", "gone");
  expect(outage).toBeInstanceOf(copy.StoreUnavailableError);
  for (const other of [new Error("gone"), { code: "ERR_RWT_DATA_SCHEMA" }, null, undefined])
    expect(other).not.toBeInstanceOf(StoreUnavailableError);

  // A store that a page made, in a Route Handler of the same app.
  const store = { ...memoryStore(), check: () => Promise.reject(outage) };
  const rwt = copy.createRwt({ store, secret: new Uint8Array(32).fill(7) });
  const headers = { Authorization: `Bearer ${await rwt.sign("Ada")}` };
  const answer = await requestAuth({ rwt }).authenticate(new Request("http://localhost/", { headers }));
  expect(answer).toMatchObject({ status: 503 });
});
