import { canRun } from "./bridged.ts";
import type { Checker } from "./checker.ts";
import type { Service } from "./fleet.ts";
import type { Group, Person } from "./model/person.ts";
import type { Operation, ServiceSpec } from "./protocol.ts";

const SESSIONS_ONLY: readonly Operation[] = [
  "destroyById",
  "destroyAll",
  "update",
  "updateBy",
  "updateAll",
  "updateAllBy",
  "rotate",
  "list",
];

/** Operations on data, meta or subject need the encryption key. */
const READS_LINES: readonly Operation[] = ["verify", "verifyMany", "list", "watch"];
const WRITES_LINES: readonly Operation[] = ["sign", "update", "updateBy", "updateAll", "updateAllBy"];

/** The services that can run an operation on a person's sessions. */
export function servicesFor(checker: Checker, person: Person, operation: Operation): readonly Service[] {
  return checker.services(`${person.group} ${operation}`, (spec) => fits(spec, person.group, operation));
}

/** Services without encryption. Their operations on encrypted data must be refused. */
export function strangersTo(checker: Checker, person: Person, operation: Operation): readonly Service[] {
  if (person.group !== "encrypted" && person.group !== "mixed") return [];
  return checker.services(
    `stranger ${operation}`,
    (spec) =>
      spec.encryption === undefined &&
      spec.maxSessions === undefined &&
      // PHP reads encrypted sessions whether or not it encrypts.
      spec.client !== "bridge" &&
      (spec.sessions === true || !SESSIONS_ONLY.includes(operation)),
  );
}

function fits(spec: ServiceSpec, group: Group, operation: Operation): boolean {
  if (!canRun(spec, operation)) return false;
  if (SESSIONS_ONLY.includes(operation) && !spec.sessions) return false;
  if (spec.maxSessions !== undefined) return spec.onLimit === group;
  if (operation === "sign" && (group === "endOldest" || group === "reject")) return false;
  const { encryption } = spec;
  if (group === "encrypted") {
    return encryption === "only" || !(READS_LINES.includes(operation) || WRITES_LINES.includes(operation));
  }
  if (group === "mixed") {
    if (READS_LINES.includes(operation)) return encryption === "acceptPlain";
    // A service without encryption may sign plain sessions, but not update encrypted ones.
    if (operation === "sign") return encryption !== "only";
    return !WRITES_LINES.includes(operation) || encryption === "acceptPlain";
  }
  if (WRITES_LINES.includes(operation)) return encryption === undefined;
  return encryption !== "only" || !READS_LINES.includes(operation);
}
