import { DataError } from "../errors.ts";
import { kindOf } from "./check.ts";

/** Deeper nesting than any user record has, and far from where a recursion would overflow the stack. */
const MAX_DEPTH = 500;

/**
 * Throws unless JSON text can give the value back as it is. `JSON.stringify` alone would drop or change much
 * in silence. The message names no key and no value, for both may be user data.
 */
export function assertJson(option: "data" | "meta", value: unknown): void {
  const parents: unknown[] = [];
  const refuse = (found: string) => {
    const where =
      parents.length === 0 ? "" : `, ${parents.length} level${parents.length > 1 ? "s" : ""} deep`;
    throw new DataError(option, `${option} must be JSON, but holds ${found}${where}`);
  };
  const visit = (node: unknown): void => {
    if (node === null || typeof node === "string" || typeof node === "boolean") return;
    if (typeof node === "number") {
      if (!Number.isFinite(node)) refuse(`the number ${node}`);
      return;
    }
    if (typeof node !== "object") {
      refuse(node === undefined ? "undefined (leave it out, or use null)" : `a ${kindOf(node)}`);
      return;
    }
    if (parents.includes(node)) refuse("a cycle");
    if (parents.length === MAX_DEPTH) refuse("more than 500 levels");
    if (!Array.isArray(node) && !isPlain(node)) {
      refuse("an object of a class (turn a Date, Map or the like into text or plain objects first)");
    }
    parents.push(node);
    // By index, so that a hole in an array is seen: it would turn into null.
    if (Array.isArray(node)) for (let i = 0; i < node.length; i++) visit(node[i]);
    else for (const member of Object.values(node)) visit(member);
    parents.pop();
  };
  visit(value);
}

/** Also true for a plain object of another realm, such as a test runner's. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a value is an object in JSON's sense. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
