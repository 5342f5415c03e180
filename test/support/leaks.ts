import { inspect } from "node:util";
import { expect } from "vitest";

/** Everything that a logger could print of a value: strings at any depth, and the value inspected, as JSON and as a string. */
function everythingIn(value: unknown): string {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const visit = (node: unknown): void => {
    if (typeof node === "string") texts.push(node);
    if ((typeof node !== "object" && typeof node !== "function") || node === null || seen.has(node)) return;
    seen.add(node);
    // Inspection would show bytes as numbers.
    if (ArrayBuffer.isView(node)) {
      texts.push(Buffer.from(node.buffer, node.byteOffset, node.byteLength).toString("latin1"));
      return;
    }
    for (const key of Reflect.ownKeys(node)) {
      texts.push(String(key));
      visit(Reflect.get(node, key));
    }
    visit(Reflect.get(node, "message"));
    visit(Reflect.get(node, "cause"));
  };
  visit(value);
  texts.push(
    inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(value) ?? "",
  );
  if (value instanceof Error) texts.push(String(value), value.stack ?? "");
  return texts.join("\n");
}

/** Fails if the value contains one of the secrets, or the first half of one (at least 12 characters). */
export function expectNoLeak(value: unknown, secrets: Readonly<Record<string, string>>): void {
  const text = everythingIn(value);
  for (const [name, secret] of Object.entries(secrets)) {
    const part = secret.slice(0, Math.max(12, Math.ceil(secret.length / 2)));
    if (text.includes(secret) || text.includes(part))
      expect.fail(`the ${name} shows in:\n${text.slice(0, 2000)}`);
  }
}
