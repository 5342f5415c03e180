/** The mistakes that a caller can make with what a language may lack: facts of authentication and one-time tokens. */
import type { IssueCodeOptions, Once } from "../../src/once/index.ts";
import { type Call, deep } from "./mistakes.ts";

/** Calls that say how a user signed in, or who acts as the user. */
export const FACTS: readonly Call[] = [
  ["sign", 1, { auth: "pwd" }],
  ["sign", 1, { auth: ["pwd"] }],
  ["sign", 1, { auth: { method: "pwd" } }],
  ["sign", 1, { auth: { at: "5" } }],
  ["sign", 1, { auth: { at: -1 } }],
  ["sign", 1, { auth: { at: 1.5 } }],
  ["sign", 1, { auth: { at: 2 ** 40 } }],
  ["sign", 1, { auth: { amr: "pwd" } }],
  ["sign", 1, { auth: { amr: ["pwd", 5] } }],
  ["sign", 1, { auth: { amr: ["pwd", ""] } }],
  ["sign", 1, { auth: { acr: 2 } }],
  ["sign", 1, { auth: { acr: "" } }],
  ["sign", 1, { auth: { acr: "2".repeat(1024) } }],
  ["sign", 1, { act: "support-7" }],
  ["sign", 1, { act: ["support-7"] }],
  ["sign", 1, { act: { reason: "ticket 118" } }],
  ["sign", 1, { act: { sub: 7 } }],
  ["sign", 1, { act: { sub: "" } }],
  ["sign", 1, { act: { sub: "7".repeat(1024) } }],
  ["sign", 1, { act: { sub: "7", deep } }],
  ["sign", 1, { meta: { deep } }],
  ["reauthenticate", "t", "pwd"],
  ["reauthenticate", "t", { at: "5" }],
  ["reauthenticate", "t", { method: "pwd" }],
];

/** What `authenticate` and `meetsRequirement` require. */
export const REQUIRE: readonly unknown[] = [
  {},
  "otp",
  ["otp"],
  { method: "otp" },
  { maxAge: 0 },
  { maxAge: "300" },
  { maxAge: 1.5 },
  { amr: "otp" },
  { amr: [] },
  { amr: ["otp", 5] },
  { amr: ['"'] },
  { amr: ["a\nSet-Cookie: x"] },
  { acr: "2" },
  { acr: [] },
  { acr: [2] },
  { acr: ["1 2"] },
  { acr: [""] },
];

/** Options of `createOnce`. */
export const ONCE: readonly object[] = [
  { purpose: "" },
  { purpose: "a/b" },
  { purpose: "a\n" },
  { purpose: "p".repeat(65) },
  { purpose: 5 },
  { expire: 0 },
  { expire: "60" },
  { expire: 31_536_001 },
];

/** Calls of one-time tokens. Those of `issueCode` are its subject and further options. */
export const ONCE_CALLS: readonly Call[] = [
  ["issue", 1, { replace: true }],
  ["issue", 1, { subject: "" }],
  ["issue", 1, { subject: 42 }],
  ["issue", 1, { replaces: true }],
  ["issue", 1, { subject: "42", replaces: 1 }],
  ["issue", 1, { expire: 0.5 }],
  ["issue", deep, {}],
  ["issueCode", "", {}],
  ["issueCode", 42, {}],
  ["issueCode", "42", { attempts: 0 }],
  ["issueCode", "42", { attempts: "5" }],
  ["issueCode", "42", { attempts: 101 }],
  ["issueCode", "42", { digits: 5 }],
  ["issueCode", "42", { digits: 13 }],
  ["issueCode", "42", { digits: "6" }],
  ["issueCode", "42", { expire: -1 }],
  ["issueCode", "42", { tries: 5 }],
  ["consumeCode", "", "123456"],
  ["consumeCode", 42, "123456"],
  ["revokeAll", "", undefined],
];

/** Makes a mistake of `ONCE_CALLS` in TypeScript. */
export function callOnce(once: Once, [op, first, second]: Call): unknown {
  if (op === "issueCode")
    return once.issueCode({ subject: first, data: 1, ...(second as object) } as IssueCodeOptions);
  return (once as unknown as Record<string, (...args: unknown[]) => unknown>)[op]?.(first, second);
}
