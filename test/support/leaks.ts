import { inspect } from "node:util";
import { expect } from "vitest";

/** Everything that a log line could make of a value: its texts at any depth, inspected, as JSON, as a text. */
function everythingIn(value: unknown): string {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const visit = (node: unknown): void => {
    if (typeof node === "string") texts.push(node);
    if ((typeof node !== "object" && typeof node !== "function") || node === null || seen.has(node)) return;
    seen.add(node);
    // Bytes that would be shown as numbers.
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

/** Fails where any of the secrets, or a telling part of one, shows in the value. */
export function expectNoLeak(value: unknown, secrets: Readonly<Record<string, string>>): void {
  const text = everythingIn(value);
  for (const [name, secret] of Object.entries(secrets)) {
    const part = secret.slice(0, Math.max(12, Math.ceil(secret.length / 2)));
    if (text.includes(secret) || text.includes(part))
      expect.fail(`the ${name} shows in:\n${text.slice(0, 2000)}`);
  }
}
