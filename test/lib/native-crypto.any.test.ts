/** Runtimes may hide or forbid their built-in modules, or provide something else instead. Then Web Crypto is used. */
import { afterEach, expect, test, vi } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const process = (globalThis as { process?: object }).process ?? {};
const own = Object.getOwnPropertyDescriptor(process, "getBuiltinModule");
afterEach(() => {
  if (own) Object.defineProperty(process, "getBuiltinModule", own);
  else delete (process as { getBuiltinModule?: unknown }).getBuiltinModule;
  vi.unstubAllGlobals();
});

const not = (): never => {
  throw new Error("[unenv] crypto.hash is not implemented yet!");
};
const giving = (value: unknown): PropertyDescriptor => ({ value: () => value });

test.each<[string, PropertyDescriptor]>([
  ["provides it", own ?? giving(undefined)],
  ["doesn't have the function", { value: undefined }],
  ["has something else with that name", { value: "crypto" }],
  ["has a function that throws, as Next's middleware does", { value: not }],
  ["throws on access to the function", { get: not }],
  ["returns undefined", giving(undefined)],
  ["returns null", giving(null)],
  ["returns a promise", giving(Promise.resolve({}))],
  ["returns a module without the needed functions", giving({ randomUUID: () => "" })],
  ["returns a module whose functions throw", giving(new Proxy({}, { get: () => not }))],
  ["returns a module whose functions do nothing", giving(new Proxy({}, { get: () => () => undefined }))],
  ["returns a module that throws", giving(new Proxy({}, { get: not }))],
])("a runtime that %s", async (_, call) => {
  vi.stubGlobal("process", process);
  const store = memoryStore();
  const elsewhere = createRwt({ store, secret }).with(encryption());
  const token = await elsewhere.sign("from another runtime");
  Object.defineProperty(process, "getBuiltinModule", { configurable: true, ...call });
  const here = createRwt({ store, secret }).with(encryption());
  expect((await here.verify(token))?.data).toBe("from another runtime");
  const fresh = await here.sign({ name: "Ada" }, { subject: "42" });
  expect((await elsewhere.verify(fresh))?.data).toEqual({ name: "Ada" });
});
