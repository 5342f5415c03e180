import type { CookieJar } from "../cookies/cookie-auth.ts";
import { cookieAuth } from "../cookies/cookie-auth.ts";
import { MiddlewareMissingError, StoreUnavailableError } from "../errors.ts";
import { callable, knownOptions } from "../lib/check.ts";
import { RETRY_AFTER } from "../request/options.ts";
import type { Session } from "../session.ts";
import type { RwtSvelteKit, RwtSvelteKitOptions, SvelteKitEvent } from "./types.ts";

/** What is known about a request. */
interface Known {
  event: SvelteKitEvent;
  session: Session | null;
  /** Why `session` isn't known. */
  outage: StoreUnavailableError | undefined;
  /** Whether the answer may depend on the session. */
  isPrivate: boolean;
  /** Whether the request was refused because of an outage. */
  isOut: boolean;
}

/**
 * Sessions in SvelteKit 2 and 3, over `event.cookies`. SvelteKit itself refuses forms of other sites' pages (CSRF).
 *
 * `refuse` is a parameter, so that this entry imports nothing of SvelteKit, which a production install may lack.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { ioredisStore } from "redis-web-token/ioredis";
 * import { rwtSvelteKit } from "redis-web-token/sveltekit";
 *
 * // import { error, redirect } from "@sveltejs/kit";
 * declare function error(status: number, message: string): never;
 * declare function redirect(status: number, location: string): never;
 *
 * export const auth = rwtSvelteKit({
 *   rwt: () =>
 *     createRwt<{ id: string }>({
 *       store: ioredisStore(process.env.REDIS_URL ?? ""),
 *       secret: process.env.RWT_SECRET ?? "",
 *     }),
 *   refuse: (status) => (status === 401 ? redirect(303, "/sign-in") : error(status, "Try again in a moment")),
 * });
 * ```
 */
export function rwtSvelteKit<Input = unknown, Output = Input>(
  options: RwtSvelteKitOptions<Input, Output>,
): RwtSvelteKit<Input, Output> {
  const { refuse, ...rest } = knownOptions("rwtSvelteKit's options", options, ["rwt", "cookie", "refuse"]);
  callable("refuse", refuse);
  const over = cookieAuth(rest);
  // By `locals`, because load functions and actions get copies of the event.
  const requests = new WeakMap<object, Known>();

  function refused(event: SvelteKitEvent, cause?: StoreUnavailableError): never {
    const known = requests.get(event.locals);
    if (known && cause) known.isOut = true;
    refuse(cause ? 503 : 401, event, cause);
    throw new TypeError("refuse must throw, with redirect or error of @sveltejs/kit", { cause });
  }

  async function checked(event: SvelteKitEvent): Promise<Pick<Known, "session" | "outage">> {
    try {
      return { session: await over.session(jarOf(event)), outage: undefined };
    } catch (error) {
      if (error instanceof StoreUnavailableError) return { session: null, outage: error };
      throw error;
    }
  }

  /** Runs a call over the request's cookies, and refuses the request if the store doesn't answer. */
  async function within<Result>(
    event: SvelteKitEvent,
    work: (jar: CookieJar) => Promise<Result>,
  ): Promise<Result> {
    const known = requests.get(event.locals);
    if (known) known.isPrivate = true;
    try {
      return await work(jarOf(event));
    } catch (error) {
      if (error instanceof StoreUnavailableError) refused(event, error);
      throw error;
    }
  }

  /** Treats the rest of the request as a stranger's. */
  function forget(event: SvelteKitEvent): void {
    const known = requests.get(event.locals);
    if (known) Object.assign(known, { session: null, outage: undefined, isPrivate: true });
  }

  function read(known: Known): Session | null {
    known.isPrivate = true;
    return known.outage ? refused(known.event, known.outage) : known.session;
  }

  return {
    async handle({ event, resolve }) {
      const known: Known = { event, isPrivate: false, isOut: false, ...(await checked(event)) };
      requests.set(event.locals, known);
      Object.defineProperty(event.locals, "session", { configurable: true, get: () => read(known) });
      const response = await resolve(event);
      if (!known.isPrivate && known.session === null && !known.isOut) return response;
      // A copy, since the headers of a fetched answer can't be changed.
      const answer = new Response(response.body, response);
      if (known.isOut) answer.headers.set("Retry-After", `${RETRY_AFTER}`);
      if (!answer.headers.has("Cache-Control")) answer.headers.set("Cache-Control", "no-store");
      return answer;
    },
    requireSession({ locals }) {
      const known = requests.get(locals);
      if (!known) throw new MiddlewareMissingError("requireSession needs handle in src/hooks.server.ts");
      return (read(known) ?? refused(known.event)) as Session<Output>;
    },
    async signIn(event, data, signInOptions) {
      const token = await within(event, (jar) => over.signIn(jar, data, signInOptions));
      // Without a redirect, load functions run after the action, in the same request.
      const known = requests.get(event.locals);
      if (known) Object.assign(known, await checked(event));
      return token;
    },
    async signOut(event) {
      forget(event);
      return within(event, over.signOut);
    },
    async rotate(event, rotateOptions) {
      const token = await within(event, (jar) => over.rotate(jar, rotateOptions));
      if (token === null) forget(event);
      return token;
    },
    async reauthenticate(event, auth) {
      const token = await within(event, (jar) => over.reauthenticate(jar, auth));
      // Without a redirect, load functions run after the action, in the same request.
      const known = requests.get(event.locals);
      if (known) Object.assign(known, await checked(event));
      return token;
    },
    listSessions: (event, listOptions) => within(event, (jar) => over.listSessions(jar, listOptions)),
    endOtherSessions: (event) => within(event, over.endOtherSessions),
    async signOutEverywhere(event) {
      if (!(await within(event, over.signOutEverywhere))) refused(event);
      forget(event);
    },
  };
}

/** SvelteKit's own `getAll` takes no name. */
const jarOf = ({ cookies }: SvelteKitEvent): CookieJar => ({
  get: (name) => cookies.get(name),
  set: (name, value, attributes) => cookies.set(name, value, attributes),
});
