import { createRwt, type Rwt, type TokenStore } from "redis-web-token";
import { encryption } from "redis-web-token/encryption";
import { createOnce, type Once } from "redis-web-token/once";
import { type SessionMethods, sessions } from "redis-web-token/sessions";
import type { Answer, Calls, Capability, Failure, Operation, Question, ServiceOptions } from "../protocol.ts";
import { formatOperations } from "./format.ts";

interface Service {
  readonly rwt: Rwt & SessionMethods;
  once(purpose: string): Once<unknown>;
}

const operations: { readonly [Op in Operation]: (service: Service, call: Calls[Op]) => Promise<unknown> } = {
  sign: ({ rwt }, { data, ...options }) => rwt.sign(data, options as object),
  verify: ({ rwt }, { token }) => rwt.verify(token),
  extend: ({ rwt }, { token, ...options }) => rwt.extend(token, options),
  destroy: ({ rwt }, { token }) => rwt.destroy(token),
  update: ({ rwt }, { token, data }) => rwt.update(token, data),
  increment: ({ rwt }, { token }) =>
    rwt.update(token, (data: unknown) => ({ ...(data as object), n: (data as { n: number }).n + 1 })),
  rotate: ({ rwt }, { token, ...options }) => rwt.rotate(token, options as object),
  list: ({ rwt }, { subject, ...options }) => rwt.list(subject, options),
  destroyById: ({ rwt }, { subject, id }) => rwt.destroyById(subject, id),
  destroyAll: ({ rwt }, { subject, ...options }) => rwt.destroyAll(subject, options),
  updateAll: ({ rwt }, { subject, data }) => rwt.updateAll(subject, data),
  idOf: ({ rwt }, { token }) => rwt.idOf(token),
  reauthenticate: ({ rwt }, { token, auth }) => rwt.reauthenticate(token, auth),
  issue: ({ once }, { purpose, data, ...options }) => once(purpose).issue(data, options),
  consume: ({ once }, { purpose, token }) => once(purpose).consume(token),
};

/** What TypeScript's bridges can. `seal` and `unseal` aren't part of the package. */
const can = [
  ...Object.keys(operations),
  ...Object.keys(formatOperations),
  ...(["verifyExtendsToken", "encrypt", "maxSessions"] satisfies Capability[]),
];

function createService(store: TokenStore, options: ServiceOptions): Service {
  const { redis, rest, timeout, encrypt, acceptPlain, maxSessions, onLimit, ...core } = options;
  const rwt = createRwt({ store, ...core });
  const isEncrypted = encrypt !== undefined || acceptPlain !== undefined;
  const base = isEncrypted ? rwt.with(encryption({ encrypt, acceptPlain })) : rwt;
  return {
    rwt: base.with(sessions({ maxSessions, onLimit })),
    once: (purpose) => createOnce({ store, secret: core.secret, purpose, expire: 60 }),
  };
}

/** Answers a bridge's questions. The same options give the same service. */
export function createAnswerer(
  name: string,
  openStore: (options: ServiceOptions) => TokenStore,
): (question: Question) => Promise<Answer> {
  const services = new Map<string, Service>();
  const serviceOf = (options: ServiceOptions): Service => {
    const key = JSON.stringify(options);
    const service = services.get(key) ?? createService(openStore(options), options);
    services.set(key, service);
    return service;
  };
  const run = ({ op, service, ...call }: Question): unknown => {
    if (op === "capabilities") return { name, can };
    if (service === undefined) return formatOperations[op as keyof typeof formatOperations](call as never);
    return operations[op as Operation](serviceOf(service), call as never);
  };
  return async (question) => {
    try {
      return { result: await run(question) };
    } catch (error) {
      const { code, reason = null, message } = error as Failure;
      // Without a code it isn't the library's.
      if (code === undefined) throw error;
      return { error: { code, reason, message } };
    }
  };
}
