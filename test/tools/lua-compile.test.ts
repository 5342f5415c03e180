import { expect, test } from "vitest";
import { compileLua } from "../../tools/lua/compile.ts";

test("Lua is translated to TypeScript", () => {
  expect(compileLua("local n = #ARGV")).toBe("let n: lua.Value = ARGV.length;");
  expect(compileLua("local key = KEYS[1]")).toBe("let key: lua.Value = KEYS[0];");
  expect(compileLua("local key = KEYS[i]")).toBe("let key: lua.Value = KEYS[i - 1];");
  expect(compileLua("return a .. '\\n' .. b")).toMatch(/^return `\$\{a\}\\n\$\{b\}`;$/);
  expect(compileLua("if x then return 1 end")).toContain("lua.isTrue(x)");
  expect(compileLua("return a and b or c")).toBe("return lua.or(lua.and(a, () => b), () => c);");
});

test.each([
  ["a loop that the scripts don't use", "while true do end"],
  ["a general for", "for k, v in pairs(t) do end"],
  ["two assignments in one", "a, b = b, a"],
  ["a value for several names", "local a, b, c = 1, 2"],
  ["a vararg", "local function f(...) return ... end"],
  ["no Lua at all", "const x = 1;"],
])("unsupported Lua is refused: %s", (_, text) => {
  expect(() => compileLua(text)).toThrow();
});
