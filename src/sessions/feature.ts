import type { LegacyMethods } from "../legacy/feature.ts";
import type { ServiceParts } from "../parts.ts";
import type { AnyRwt, InputOf, OutputOf, Rwt } from "../rwt.ts";
import { addFeature, type Methods } from "../service.ts";
import { withLimit } from "./limit.ts";
import { createList } from "./list.ts";
import { readSessionsOptions, type SessionsOptions, type SessionsSettings } from "./options.ts";
import { createPersonMethods } from "./person.ts";
import { fittingJson, type StandardSchema, validate } from "./schema.ts";
import { createShelves } from "./shelves.ts";
import { createTokenMethods } from "./token-methods.ts";
import type { SessionMethods } from "./types.ts";

/** A service with sessions, whose data has the schema's input and output types. Methods of other features stay. */
export type WithSchema<Service, Input, Output> = (Service extends LegacyMethods
  ? LegacyMethods<Output>
  : unknown) &
  Rwt<Input, Output> &
  Omit<Service, keyof AnyRwt> &
  SessionMethods<Input, Output>;

/**
 * Manages a person's sessions: list them, end one or all, rotate a token, change data, limit their number.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { ioredisStore } from "redis-web-token/ioredis";
 * import { sessions } from "redis-web-token/sessions";
 *
 * const rwt = createRwt<{ id: string }>({
 *   store: ioredisStore("redis://localhost:6380"),
 *   secret: process.env.RWT_SECRET ?? "", // 32 bytes or more: openssl rand -base64 32
 * }).with(sessions({ maxSessions: 5, onEvent: ({ type, subject }) => console.warn(type, subject) }));
 * await rwt.destroyAll("42"); // log out everywhere
 * ```
 */
export function sessions<Input, Output>(
  options: SessionsOptions<Input, Output> & { readonly schema: StandardSchema<Input, Output> },
): <Service extends AnyRwt>(service: Service) => WithSchema<Service, Input, Output>;
export function sessions(
  options?: SessionsOptions & { readonly schema?: undefined },
): <Service extends AnyRwt>(
  service: Service,
) => Service & SessionMethods<InputOf<Service>, OutputOf<Service>>;
export function sessions(options: SessionsOptions = {}): (service: AnyRwt) => never {
  const settings = readSessionsOptions(options);
  return (service) =>
    addFeature(service, {
      name: "sessions",
      parts: (parts) => ({
        ...parts,
        create: withLimit(parts, settings.limit),
        fitting: fittingTo(settings),
        tell(event) {
          parts.tell(event);
          settings.onEvent(event);
        },
      }),
      methods: (methods, parts) => sessionMethods(methods, parts, settings),
    }) as never;
}

/** Transforms a session's data as the schema says. Data that doesn't match is an event, and the session doesn't count. */
const fittingTo =
  ({ schema }: SessionsSettings): ServiceParts["fitting"] =>
  async (session, tell) => {
    if (schema === undefined) return session;
    const result = await validate(schema, session.data);
    if ("value" in result) return { ...session, data: result.value };
    tell({ type: "data_mismatch", subject: session.subject, paths: result.paths });
    return null;
  };

function sessionMethods(methods: Methods, parts: ServiceParts, settings: SessionsSettings): object {
  const { schema } = settings;
  const shelves = createShelves(parts);

  return {
    async sign(data: unknown, options?: Parameters<Methods["sign"]>[1]) {
      if (schema === undefined) return methods.sign(data, options);
      return methods.sign(JSON.parse(await fittingJson(schema, data)), options);
    },
    async verify(token: unknown, options?: Parameters<Methods["verify"]>[1]) {
      const session = await methods.verify(token, options);
      return session && parts.fitting(session, parts.tell);
    },
    ...createTokenMethods(parts, shelves, settings),
    ...createPersonMethods(parts, shelves, settings),
    list: createList(parts, shelves),
  };
}
