import type { Checker } from "../checker.ts";
import type { Person } from "./person.ts";

/**
 * Records that an `updateAll` wrote data that was loaded while the person had a certain header. If two of them loaded at the same
 * header, the second write has replaced data that was loaded later than its own, or at the same time: one of them is lost. With
 * several secrets, a person has several headers.
 */
export function judgeLoad(checker: Checker, person: Person, name: string, loadedAt: string): void {
  if (checker.config.hasSeveralSecrets) return;
  const other = person.loads.get(loadedAt);
  person.loads.set(loadedAt, name);
  if (other !== undefined)
    checker.violation(
      "R3",
      `${other} and ${name} both wrote for ${person.subject} what they loaded at ${loadedAt}: one of them is lost`,
    );
}
