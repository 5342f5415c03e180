/** Checked by `npm run typecheck`, like a user's code against the built declarations. Never run. */
import { type Context, Hono } from "hono";
import { createRwt, type InputOf, type OutputOf, type Rwt, type Session } from "redis-web-token";
import {
  type OptionalRwtVariables,
  type RwtVariables,
  rwtAuth,
  rwtCarrier,
  signIn,
} from "redis-web-token/hono";
import { rwtRoutes } from "redis-web-token/hono-routes";
import { memoryStore } from "redis-web-token/memory";
import { requestAuth } from "redis-web-token/request";
import { type SessionMethods, sessions } from "redis-web-token/sessions";
import { coercing, defaulting, transforming } from "./schemas.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Equal<A, B> extends true ? [] : [never]): void => {};

const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) });
const withDefault = rwt.with(sessions({ schema: defaulting }));
const coerced = rwt.with(
  sessions({ schema: coercing, maxSessions: 5, onEvent: ({ type }) => console.warn(type) }),
);
const transformed = rwt.with(sessions({ schema: transforming }));
export const services: [
  Rwt<{ readonly id: string; readonly role?: string }, { readonly id: string; readonly role: string }>,
  Rwt<{ readonly age: number | string }, { readonly age: number }>,
  Rwt<{ readonly since: string }, { readonly since: Date }>,
] = [withDefault, coerced, transformed];

type In = InputOf<typeof transformed>;
type Out = OutputOf<typeof transformed>;
same<In, { readonly since: string }>();
same<Out, { readonly since: Date }>();
same<InputOf<typeof coerced>, { readonly age: number | string }>();
same<OutputOf<typeof coerced>, { readonly age: number }>();
same<OutputOf<typeof withDefault>["role"], string>();
export const methods: SessionMethods<In, Out> = transformed;
withDefault.sign({ id: "42" });
coerced.sign({ age: "42" });
// @ts-expect-error since is text where it is signed
transformed.sign({ since: new Date() });

// Hono: the session has the schema's output type, and signIn takes its input type.
new Hono().post("/", rwtAuth({ rwt: transformed }), async (c) => {
  same<typeof c.var.session, Session<Out>>();
  // @ts-expect-error what comes out isn't what goes in
  await signIn(c, c.var.session.data);
  return c.text(await signIn(c, { since: "2017-01-01" }));
});
new Hono().post("/", rwtAuth({ rwt: transformed, optional: true }), async (c) => {
  same<typeof c.var.session, Session<Out> | undefined>();
  return c.text(await signIn(c, { since: "2017-01-01" }));
});
new Hono().post("/", rwtCarrier({ rwt: withDefault }), async (c) => {
  same<typeof c.var.session, Session<OutputOf<typeof withDefault>> | undefined>();
  return c.text(await signIn(c, { id: "42" }));
});
new Hono().post("/", rwtAuth({ rwt: () => coerced }), async (c) => {
  same<typeof c.var.session, Session<{ readonly age: number }>>();
  // @ts-expect-error an age is needed
  return c.text(await signIn(c, {}));
});

// Through the app's variables too.
const app = new Hono<{ Bindings: { readonly SECRET: string }; Variables: RwtVariables<Out, In> }>();
app.use(rwtAuth({ rwt: (_: Context<{ Bindings: { readonly SECRET: string } }>) => transformed }));
app.get("/", (c) => c.text(c.var.session.data.since.toISOString()));
app.post("/", async (c) => c.text(await signIn(c, { since: "2017-01-01" })));
// @ts-expect-error since is text where it is signed
app.post("/", async (c) => c.text(await signIn(c, { since: new Date() })));
const open = new Hono<{ Variables: OptionalRwtVariables<Out, In> }>();
open.use(rwtCarrier({ rwt: transformed }));
open.post("/", async (c) =>
  c.text(await signIn(c, { since: c.var.session?.data.since.toISOString() ?? "" })),
);

// Without Hono.
const { authenticate, signIn: start } = requestAuth({ rwt: transformed });
export async function handler(request: Request): Promise<Response> {
  const session = await authenticate(request);
  same<typeof session, Session<Out> | Response>();
  // @ts-expect-error since is text where it is signed
  await start(request, { since: new Date() });
  const signedIn = await start(request, { since: "2017-01-01" });
  return signedIn instanceof Response ? signedIn : new Response(signedIn.token);
}
export const optional = async (request: Request): Promise<void> => {
  const session = await requestAuth({ rwt: coerced, optional: true }).authenticate(request);
  same<typeof session, Session<{ readonly age: number }> | Response | null>();
};

// The claims of an introspection get the output type.
rwtRoutes({ rwt: transformed, clients: [], claims: ({ data }) => ({ since: data.since.getTime() }) });
rwtRoutes({
  rwt: () => withDefault,
  clients: [],
  claims(session) {
    same<typeof session, Session<OutputOf<typeof withDefault>>>();
    return { role: session.data.role };
  },
});
