/** Runtimes hide their built-in modules, forbid them, or give something else in their place: Web Crypto is there all the same. */
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
  ["gives it", own ?? giving(undefined)],
  ["hasn't the call", { value: undefined }],
  ["has something else by that name", { value: "crypto" }],
  ["has the call throw, as Next's middleware does", { value: not }],
  ["throws where one looks for the call", { get: not }],
  ["gives nothing", giving(undefined)],
  ["gives null", giving(null)],
  ["gives a promise of it", giving(Promise.resolve({}))],
  ["gives a module without what is needed", giving({ randomUUID: () => "" })],
  ["gives a module whose functions throw", giving(new Proxy({}, { get: () => not }))],
  ["gives a module whose functions do nothing", giving(new Proxy({}, { get: () => () => undefined }))],
  ["gives a module that throws", giving(new Proxy({}, { get: not }))],
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
