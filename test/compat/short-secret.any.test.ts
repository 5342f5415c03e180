import { expect, test, vi } from "vitest";
import { rwt } from "../../src/compat/edge.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

test("a short secret works, with a single warning that doesn't contain it", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const tokens = rwt({ redis: memoryStore() });
  await tokens.sign({ a: 1 }, "long enough: it has 32 bytes and more");
  expect(warn).not.toHaveBeenCalled();
  const token = await tokens.sign({ a: 1 }, "az3rty!");
  expect(await tokens.verify(token, "az3rty!")).toEqual({ a: 1 });
  await rwt({ redis: memoryStore() }).sign({ a: 1 }, "short too");
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.join(" ")).toContain("openssl rand -base64 32");
  expect(warn.mock.calls[0]?.join(" ")).not.toMatch(/az3rty|short too/);
});
