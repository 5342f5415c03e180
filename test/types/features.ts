/** Checked by `npm run typecheck`, like a user's code against the built declarations. Never run. */
import {
  createRwt,
  type Feature,
  type InputOf,
  type OutputOf,
  type Rwt,
  type Session,
} from "redis-web-token";
import { encryption } from "redis-web-token/encryption";
import { events } from "redis-web-token/events";
import { explainToken } from "redis-web-token/explain";
import { ioredisStore } from "redis-web-token/ioredis";
import { type LegacyMethods, type LegacySession, legacy } from "redis-web-token/legacy";
import { openTelemetry } from "redis-web-token/opentelemetry";
import { type SessionMethods, sessions, type WithSchema } from "redis-web-token/sessions";
import { transforming } from "./schemas.ts";

interface User {
  readonly id: string;
  readonly name?: string;
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Equal<A, B> extends true ? [] : [never]): void => {};

const rwt = createRwt<User>({ store: ioredisStore("redis://localhost:6380"), secret: "s".repeat(32) });
const onEvent = (): void => {};
const old = { prefix: "sess:", convert: ({ id = "" }) => ({ id }) };

// A feature that changes no method doesn't change the type.
const watched = rwt.with(encryption()).with(events({ onEvent })).with(openTelemetry());
same<typeof watched, Rwt<User>>();

// Others add to the type, in any order.
const sessionsFirst = rwt.with(sessions()).with(legacy(old)).with(encryption());
const sessionsLast = rwt.with(encryption()).with(legacy(old)).with(sessions());
type Both = Rwt<User> & SessionMethods<User> & LegacyMethods<User>;
export const both: readonly Both[] = [sessionsFirst, sessionsLast];
export const plain: readonly Rwt<User>[] = [sessionsFirst, sessionsLast, watched];
export async function used(token: string): Promise<void> {
  for (const service of [sessionsFirst, sessionsLast]) {
    const session = await service.verify(token);
    same<typeof session, LegacySession<User> | null>();
    await service.update(token, ({ id }) => ({ id }));
    // @ts-expect-error a user needs an id
    await service.update(token, { name: "Ada" });
    await service.updateAll("42", { id: "42" });
    await service.updateAll("42", async () => ({ id: "42" }), { retries: 3 });
    // @ts-expect-error a user needs an id
    await service.updateAll("42", () => ({ name: "Ada" }));
    const fresh: string | null = await service.reauthenticate(token, { amr: ["pwd"] });
    // @ts-expect-error methods are a list
    await service.reauthenticate(fresh, { amr: "pwd" });
    const ended: boolean = await service.destroyAll("42", { except: token });
    const orphans: number = await service.expireOrphans();
    await explainToken(service, ended && orphans ? token : "");
  }
  // @ts-expect-error it has no sessions()
  await watched.rotate(token);
  const session = await watched.verify(token);
  same<typeof session, Session<User> | null>();
}

// A schema's two types replace the service's one, before and after other features.
const schema = transforming;
interface In {
  readonly since: string;
}
interface Out {
  readonly since: Date;
}
const oldUser = { prefix: "sess:", convert: ({ since = "" }) => ({ since }) };
const schemaFirst = rwt.with(sessions({ schema })).with(legacy(oldUser)).with(events({ onEvent }));
const schemaLast = rwt.with(events({ onEvent })).with(legacy(oldUser)).with(sessions({ schema }));
same<InputOf<typeof schemaFirst>, In>();
same<InputOf<typeof schemaLast>, In>();
same<OutputOf<typeof schemaFirst>, Out>();
same<OutputOf<typeof schemaLast>, Out>();
export const typed: readonly (Rwt<In, Out> & SessionMethods<In, Out> & LegacyMethods<Out>)[] = [
  schemaFirst,
  schemaLast,
];
export async function withSchema(token: string): Promise<void> {
  for (const service of [schemaFirst, schemaLast]) {
    const session = await service.verify(token);
    same<typeof session, LegacySession<Out> | null>();
    await service.sign({ since: "2017-01-01" });
    // @ts-expect-error what goes in is text
    await service.sign({ since: new Date() });
    await service.update(token, ({ since }) => ({ since: since.toISOString() }));
    // @ts-expect-error what comes out isn't what goes in
    await service.update(token, (data) => data);
    await service.updateAll("42", { since: "2017-01-01" });
  }
}
same<WithSchema<Rwt<User>, In, Out>["verify"], Rwt<In, Out>["verify"]>();

// A custom feature is a function of a service.
const named: Feature<Rwt<User>, { readonly rwt: Rwt<User>; readonly name: string }> = (service) => ({
  rwt: service,
  name: "own",
});
export const ownName: string = rwt.with(named).name;
// @ts-expect-error no feature: it has to be called
rwt.with(sessions);
// @ts-expect-error no feature: these are its options
rwt.with({ maxSessions: 5 });
// @ts-expect-error no such option
rwt.with(sessions({ maxSession: 5 }));
// @ts-expect-error encryption() takes the service's secret
rwt.with(encryption({ secret: "s".repeat(32) }));
// @ts-expect-error events() needs a listener
rwt.with(events());
// @ts-expect-error legacy() needs the old prefix
rwt.with(legacy({ secret: "old" }));
