import type { TokenStore } from "redis-web-token";
import { createOnce, type OnceFound } from "redis-web-token/once";
import type { ServiceSpec } from "../protocol.ts";
import type { OnceAnswers, OnceCalls, OnceSeen } from "./protocol.ts";

export type OnceOperations = {
  readonly [Op in keyof OnceCalls]: (call: OnceCalls[Op]) => Promise<OnceAnswers[Op]>;
};

/** The one-time tokens of a service. */
export function onceOperations(store: TokenStore, spec: ServiceSpec): OnceOperations {
  const ahead = spec.clockOffset ?? 0;
  const once = createOnce<string>({
    store,
    secret: spec.secret,
    purpose: "history",
    expire: spec.expire,
    now: () => Math.floor(Date.now() / 1000) + ahead,
  });
  const seen = (found: OnceFound<string> | null): OnceSeen | null =>
    found && { name: found.data, subject: found.subject ?? "none", expiresAt: found.expiresAt };
  return {
    onceIssue: ({ subject, replaces, name }) => once.issue(name, { subject, replaces }),
    oncePeek: async ({ token }) => seen(await once.peek(token)),
    onceConsume: async ({ token }) => seen(await once.consume(token)),
    onceCode: ({ subject, attempts, name }) => once.issueCode({ subject, attempts, data: name }),
    onceGuess: async ({ subject, code }) => seen(await once.consumeCode(subject, code)),
    onceRevoke: ({ subject }) => once.revokeAll(subject),
  };
}
