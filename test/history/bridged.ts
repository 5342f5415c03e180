import { serviceOver, throwing } from "../../interop/conformance/service.ts";
import { launchBridge } from "../support/launch-bridge.ts";
import type { Answers, Calls, Data, Operation, Seen, ServiceSpec } from "./protocol.ts";
import type { IdReader, RunningService } from "./services.ts";

/** What services in other languages are asked: no function can cross a bridge, and they have no watch. */
const BRIDGED = [
  ...["sign", "verify", "verifyMany", "extend", "destroy", "destroyById", "destroyAll", "update"],
  ...["updateAll", "rotate", "list"],
];

/** Whether a service can be asked to do this at all. */
export const canRun = (spec: ServiceSpec, operation: Operation): boolean =>
  spec.client !== "bridge" || BRIDGED.includes(operation);

/** The bridge of each command line, which all services of a host share. */
export type Bridges = Map<string, ReturnType<typeof launchBridge>>;

/** A service in another language, behind the bridge of its conformance tests. */
export function openBridged(spec: ServiceSpec, bridges: Bridges, idOf: IdReader): RunningService {
  const { command = "", urls, secret, expire, maxLifetime, timeout, slides = false, encryption } = spec;
  const started = bridges.get(command) ?? launchBridge("sh", ["-c", `exec ${command}`]);
  bridges.set(command, started);
  const [bridge, end] = started;
  const its = serviceOver(throwing(bridge), {
    redis: urls[0] ?? "",
    secret,
    expire,
    maxLifetime,
    timeout,
    verifyExtendsToken: slides,
    ...(encryption && { encrypt: true, acceptPlain: encryption === "acceptPlain" }),
  });

  const issued = async (token: string) => ({ token, id: await idOf(token) });
  const seen = async (token: string): Promise<Seen | null> => {
    const session = await its.verify(token);
    if (session === null) return null;
    const { data, subject, deadline } = session;
    const m = (session.meta as { m?: string } | null)?.m;
    return {
      data: data as Data,
      deadline,
      ...(subject !== null && { subject }),
      ...(m !== undefined && { m }),
    };
  };
  const operations: { readonly [Op in Operation]?: (call: Calls[Op]) => Promise<Answers[Op]> } = {
    sign: async ({ data, ...options }) => issued(await its.sign(data, options)),
    verify: ({ token }) => seen(token),
    verifyMany: ({ tokens }) => Promise.all(tokens.map(seen)),
    extend: ({ token, ...options }) => its.extend(token, options),
    destroy: ({ token }) => its.destroy(token),
    destroyById: ({ subject, id }) => its.destroyById(subject, id),
    destroyAll: ({ subject, ...options }) => its.destroyAll(subject, options),
    update: ({ token, data }) => its.update(token, data),
    updateAll: ({ subject, data }) => its.updateAll(subject, data),
    async rotate({ token, ...options }) {
      const next = await its.rotate(token, options);
      return next === null ? null : issued(next);
    },
    async list({ subject, ...options }) {
      const sessions: Answers["list"]["sessions"][number][] = [];
      let pages = 0;
      let cursor: string | null | undefined;
      do {
        const page = await its.list(subject, { ...options, ...(cursor && { cursor }) });
        for (const { id, idle, deadline, current, meta } of page.sessions)
          sessions.push({ id, idle, deadline, current, ...(typeof meta?.m === "string" && { m: meta.m }) });
        cursor = page.cursor;
        pages++;
      } while (cursor);
      return { sessions, pages };
    },
  };
  return {
    spec,
    rwt: { connect: async () => {}, disconnect: async () => end() },
    get store(): never {
      throw new Error("a service behind a bridge has no store to lie with");
    },
    run(operation, call) {
      const run = operations[operation];
      if (run === undefined) throw new Error(`a bridge has no ${operation}`);
      return run(call);
    },
  };
}
