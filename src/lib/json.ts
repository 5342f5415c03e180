import { DataError } from "../errors.ts";
import { kindOf } from "./check.ts";

/** More nesting than any user record has, and far less than would overflow the stack. */
const MAX_DEPTH = 500;

/**
 * Throws unless a JSON round trip returns the same value, because `JSON.stringify` silently drops or changes many values (-0 becomes
 * 0, which is accepted). The message names no key and no value, since both may be user data.
 */
export function assertJson(option: "data" | "meta" | "act", value: unknown): void {
  const parents: unknown[] = [];
  const refuse: (found: string) => never = (found) => {
    throw new DataError(option, `${option} must be JSON, but at depth ${parents.length} holds ${found}`);
  };
  const visit = (node: unknown): void => {
    if (node === null || typeof node === "string" || typeof node === "boolean") return;
    if (typeof node === "number") {
      if (!Number.isFinite(node)) refuse(`the number ${node}`);
      return;
    }
    if (typeof node !== "object") {
      refuse(node === undefined ? "undefined: use null" : `a ${kindOf(node)}`);
    }
    if (parents.includes(node)) refuse("a cycle");
    if (parents.length === MAX_DEPTH) refuse("more than 500 levels");
    if (Array.isArray(node)) {
      if (Object.keys(node).length !== node.length) refuse("an array with holes or names");
    } else if (!isPlain(node)) {
      refuse(isObject(node) ? "an object of a class such as Date: use text" : kindOf(node));
    }
    if (typeof (node as { toJSON?: unknown }).toJSON === "function") refuse("a toJSON method");
    if (Object.getOwnPropertySymbols(node).length > 0) refuse("a symbol as a name");
    parents.push(node);
    for (const member of Array.isArray(node) ? node : Object.values(node)) visit(member);
    parents.pop();
  };
  visit(value);
}

/** Also true for a plain object from another realm, such as a test runner's. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty"))
  );
}

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is Record<string, unknown> => kindOf(value) === "object";
