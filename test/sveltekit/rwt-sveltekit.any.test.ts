import { expect, test, vi } from "vitest";
import {
  createRwt,
  MiddlewareMissingError,
  StoreUnavailableError,
  type TokenStore,
} from "../../src/index.ts";
import { meetsRequirement } from "../../src/request/index.ts";
import type { Session } from "../../src/session.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { type RwtSvelteKitOptions, rwtSvelteKit, type SvelteKitEvent } from "../../src/sveltekit/index.ts";

interface User {
  readonly id: string;
}
class Refusal extends Error {}
const refuse: RwtSvelteKitOptions["refuse"] = (status) => {
  throw new Refusal(`${status}`);
};
const serviceOver = (store: TokenStore) =>
  createRwt<User>({ store, secret: "a secret of the tests, 32 bytes or more" }).with(sessions());
const authWith = (store: TokenStore = memoryStore(), options: Partial<RwtSvelteKitOptions<User>> = {}) =>
  rwtSvelteKit<User>({ rwt: serviceOver(store), refuse, ...options });

type Event = SvelteKitEvent & { readonly locals: { readonly session?: Session<User> | null } };

/** Requests of one browser. As in SvelteKit, a cookie that is set is there for the rest of the request. */
function browser() {
  const kept = new Map<string, string>();
  const cookies = {
    get: (name: string) => kept.get(name),
    set: (name: string, value: string) => (value === "" ? kept.delete(name) : kept.set(name, value)),
    getAll: () => [...kept].map(([name, value]) => ({ name, value })),
  };
  return {
    kept,
    cookies,
    event: (): Event => ({ cookies, locals: {}, url: new URL("https://app.example/") }),
  };
}
const page = () => new Response("a page");

/** A store that can be switched off. */
function fragile() {
  const store = memoryStore();
  const state = { isOut: false };
  const check: TokenStore["check"] = (...args) =>
    state.isOut ? Promise.reject(new StoreUnavailableError("network", "out")) : store.check(...args);
  return {
    state,
    store: new Proxy(store, { get: (target, key) => (key === "check" ? check : Reflect.get(target, key)) }),
  };
}

test("an action that doesn't redirect shows its own page as signed in, then as signed out", async () => {
  const auth = authWith();
  const { event } = browser();
  const seen: unknown[] = [];
  const input = {
    event: event(),
    resolve: async ({ locals }: Event) => {
      seen.push(locals.session);
      // Actions and load functions get copies of the event.
      await auth.signIn({ ...input.event }, { id: "42" });
      seen.push(locals.session?.data);
      await auth.signOut({ ...input.event });
      seen.push(locals.session);
      return page();
    },
  };
  await auth.handle(input);
  expect(seen).toEqual([null, { id: "42" }, null]);
});

test("a request without a cookie makes no service, as where pages are prerendered", async () => {
  const rwt = vi.fn(() => serviceOver(memoryStore()));
  const auth = authWith(undefined, { rwt });
  const answer = await auth.handle({ event: browser().event(), resolve: page });
  expect(answer.headers.get("Cache-Control")).toBeNull();
  expect(rwt).not.toHaveBeenCalled();
});

test("rotate gives the browser another token of the same session", async () => {
  const auth = authWith();
  const { event, kept } = browser();
  const first = await auth.signIn(event(), { id: "42" }, { subject: "42" });
  const second = await auth.rotate(event(), { retry: false });
  expect(second).not.toBe(first);
  expect([...kept.values()]).toEqual([second]);
  expect((await auth.listSessions(event())).sessions).toMatchObject([{ current: true }]);
  expect(await auth.rotate(browser().event())).toBeNull();
});

test("a step-up gives the browser another token, and the rest of the request sees it", async () => {
  const auth = authWith();
  const { event, kept } = browser();
  await auth.signIn(event(), { id: "42" });
  const request = event();
  await auth.handle({
    event: request,
    async resolve() {
      expect(meetsRequirement(auth.requireSession(request), { maxAge: 300 })).toBe(false);
      const token = await auth.reauthenticate(request, { amr: ["pwd"] });
      expect([...kept.values()]).toEqual([token]);
      expect(meetsRequirement(auth.requireSession(request), { maxAge: 300, amr: ["pwd"] })).toBe(true);
      return new Response();
    },
  });
  expect(await auth.reauthenticate(browser().event(), {})).toBeNull();
});

test("after a rotate that found no live session, the rest of the request shows none", async () => {
  const rwt = serviceOver(memoryStore());
  const auth = authWith(undefined, { rwt });
  const { event } = browser();
  await auth.signIn(event(), { id: "42" }, { subject: "42" });
  const resolve = async (one: Event) => {
    await rwt.destroyAll("42");
    return Response.json([await auth.rotate({ ...one }), one.locals.session]);
  };
  expect(await (await auth.handle({ event: event(), resolve })).json()).toEqual([null, null]);
});

test("what depends on a session isn't cached, unless the answer says so itself, also where its headers can't be changed", async () => {
  const auth = authWith();
  const { event } = browser();
  await auth.signIn(event(), { id: "42" });
  const answerOf = async (resolve: () => Response) =>
    (await auth.handle({ event: event(), resolve })).headers.get("Cache-Control");
  expect(await answerOf(page)).toBe("no-store");
  expect(await answerOf(() => Response.redirect("https://app.example/"))).toBe("no-store");
  expect(await answerOf(() => new Response("", { headers: { "Cache-Control": "private" } }))).toBe("private");
});

test("requireSession refuses with 401, and says which hook is missing", async () => {
  const auth = authWith();
  const { event } = browser();
  const resolve = (one: Event) => new Response(auth.requireSession(one).data.id);
  await expect(auth.handle({ event: event(), resolve })).rejects.toThrow(new Refusal("401"));
  await auth.signIn(event(), { id: "42" });
  expect(await (await auth.handle({ event: event(), resolve })).text()).toBe("42");
  expect(() => auth.requireSession(event())).toThrow(MiddlewareMissingError);
  expect(() => auth.requireSession(event())).toThrow("src/hooks.server.ts");
});

test("in an outage only what needs the session is refused, with 503", async () => {
  const { store, state } = fragile();
  const reasons: unknown[] = [];
  const auth = authWith(store, {
    refuse(status, _, cause) {
      reasons.push(cause?.reason);
      throw new Refusal(`${status}`);
    },
  });
  const { event, kept } = browser();
  await auth.signIn(event(), { id: "42" });
  state.isOut = true;
  expect((await auth.handle({ event: event(), resolve: page })).status).toBe(200);
  const reading = async ({ locals }: Event) => new Response(locals.session?.data.id);
  await expect(auth.handle({ event: event(), resolve: reading })).rejects.toThrow(new Refusal("503"));
  const requiring = async (one: Event) => new Response(auth.requireSession(one).data.id);
  await expect(auth.handle({ event: event(), resolve: requiring })).rejects.toThrow(new Refusal("503"));
  await expect(auth.listSessions(event())).rejects.toThrow(new Refusal("503"));
  expect(reasons).toEqual(["network", "network", "network"]);
  expect(kept.size).toBe(1);

  // SvelteKit turns what a page throws into an answer.
  const answering = async (one: Event) => {
    try {
      return await requiring(one);
    } catch (error) {
      return new Response("", { status: Number((error as Error).message) });
    }
  };
  const answer = await auth.handle({ event: event(), resolve: answering });
  expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "5"]);
});

test("a sign-out after an outage shows its own page as signed out", async () => {
  const { store, state } = fragile();
  const auth = authWith(store);
  const { event } = browser();
  await auth.signIn(event(), { id: "42" });
  state.isOut = true;
  const resolve = async (one: Event) => {
    state.isOut = false;
    return Response.json([await auth.signOut({ ...one }), one.locals.session]);
  };
  expect(await (await auth.handle({ event: event(), resolve })).json()).toEqual([true, null]);
});

test("signing out everywhere ends all sessions, and refuses a request without one", async () => {
  const auth = authWith();
  const [phone, desk] = [browser(), browser()];
  for (const { event } of [phone, desk]) await auth.signIn(event(), { id: "42" }, { subject: "42" });
  await expect(auth.signOutEverywhere(browser().event())).rejects.toThrow(new Refusal("401"));
  const resolve = async (one: Event) => {
    await auth.signOutEverywhere(one);
    return Response.json(one.locals.session);
  };
  expect(await (await auth.handle({ event: desk.event(), resolve })).json()).toBeNull();
  expect(desk.kept.size).toBe(0);
  const asking = async ({ locals }: Event) => Response.json(locals.session);
  expect(await (await auth.handle({ event: phone.event(), resolve: asking })).json()).toBeNull();
});

test("signing out everywhere in an outage is refused with 503, and keeps the cookie", async () => {
  const { store, state } = fragile();
  const auth = authWith(store);
  const { event, kept } = browser();
  await auth.signIn(event(), { id: "42" }, { subject: "42" });
  state.isOut = true;
  await expect(auth.signOutEverywhere(event())).rejects.toThrow(new Refusal("503"));
  state.isOut = false;
  expect(kept.size).toBe(1);
  await auth.signOutEverywhere(event());
  expect(kept.size).toBe(0);
});

test("a refuse that returns lets nobody in", async () => {
  const auth = authWith(undefined, { refuse: (() => {}) as never });
  const resolve = (one: Event) => new Response(auth.requireSession(one).data.id);
  await expect(auth.handle({ event: browser().event(), resolve })).rejects.toThrow("refuse must throw");
  // @ts-expect-error it is not optional
  expect(() => rwtSvelteKit({ rwt: serviceOver(memoryStore()) })).toThrow("refuse must be a function");
});

test.each([
  [undefined, "rwtSvelteKit's options"],
  [{ rwt: serviceOver(memoryStore()), refuse: () => {}, csrf: {} }, "csrf"],
])("wrong options are named: %j", (options, option) => {
  expect(() => rwtSvelteKit(options as never)).toThrow(expect.objectContaining({ option }));
});

test("an answer with a user's devices isn't cached, though the store was out when the request began", async () => {
  const { store, state } = fragile();
  const auth = authWith(store);
  const { event } = browser();
  await auth.signIn(event(), { id: "42" }, { subject: "42" });
  state.isOut = true;
  const resolve = async (one: Event) => {
    state.isOut = false;
    return Response.json((await auth.listSessions(one)).sessions.length);
  };
  const answer = await auth.handle({ event: event(), resolve });
  expect([await answer.json(), answer.headers.get("Cache-Control")]).toEqual([1, "no-store"]);
});
