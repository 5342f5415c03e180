import type { SignOptions } from "../call-options.ts";
import { createRwt } from "../create-rwt.ts";
import { knownOptions, rangeError } from "../lib/check.ts";
import type { RwtOptions } from "../options.ts";
import { type SessionCookie, sessionCookie } from "../request/cookie.ts";
import { type CookieOptions, readCookieOptions } from "../request/cookie-options.ts";
import type { Rwt } from "../rwt.ts";
import { sessions } from "../sessions/feature.ts";
import type { SessionMethods } from "../sessions/types.ts";
import { memoryStore } from "../stores/memory/index.ts";

/** Options of `testRwt`: those of `createRwt` but for the store, the secret and the clock. */
export interface TestRwtOptions extends Omit<RwtOptions, "store" | "secret" | "now"> {
  /**
   * When the clock starts, Unix seconds.
   * @default the present time
   */
  readonly now?: number | undefined;
}

/** What `testRwt` returns. */
export interface TestRwt<Data> {
  /** A service over memory, with `sessions()`. */
  readonly rwt: Rwt<Data> & SessionMethods<Data>;
  /** The present time of its clock, Unix seconds. */
  readonly now: () => number;
  /** Moves its clock. Throws an OptionRangeError if `seconds` isn't a finite number. */
  readonly advance: (seconds: number) => void;
}

/**
 * Makes a service for tests: over memory, with a clock of its own that you move instead of waiting.
 *
 * @example
 * ```ts
 * import { testRwt } from "redis-web-token/testing";
 *
 * const { rwt, advance } = testRwt<string>({ expire: 60 });
 * const token = await rwt.sign("Ada");
 * advance(60);
 * console.log(await rwt.verify(token)); // null
 * ```
 */
export function testRwt<Data = unknown>(testOptions: TestRwtOptions = {}): TestRwt<Data> {
  const given = knownOptions("testRwt's options", testOptions, [
    "now",
    "expire",
    "verifyExtendsToken",
    "confirmNull",
    "maxLifetime",
    "prefix",
  ]);
  const { now: start, ...options } = given;
  let time = start ?? Math.floor(Date.now() / 1000);
  const now = (): number => time;
  const secret = crypto.getRandomValues(new Uint8Array(32));
  return {
    rwt: createRwt<Data>({ ...options, store: memoryStore({ now }), secret, now }).with(sessions()),
    now,
    advance(seconds) {
      if (!Number.isFinite(seconds)) throw rangeError("seconds", "be a finite number");
      time += seconds;
    },
  };
}

/** Options of `actingAs`: those of `sign`, and the cookie that the app sets. */
export interface ActingAsOptions extends SignOptions {
  /** @default {} */
  readonly cookie?: CookieOptions | undefined;
}

/** A signed-in user, in the forms that tests need. */
export interface ActingUser {
  readonly token: string;
  /** For an API: `fetch(url, { headers })`. */
  readonly headers: { readonly Authorization: string };
  /** For pages, whose sessions are in a cookie: `fetch(url, { headers: cookieHeaders })`. */
  readonly cookieHeaders: { readonly Cookie: string };
  /** For a cookie jar. */
  readonly cookie: SessionCookie;
  /** For Playwright: `context.addCookies(user.playwright("http://localhost:3000"))`. */
  readonly playwright: (url: string) => readonly PlaywrightCookie[];
}

/** A cookie as Playwright's `addCookies` takes it. */
export interface PlaywrightCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: "Strict" | "Lax" | "None";
}

/**
 * Signs a user in for a test, without the app's sign-in page.
 *
 * @example
 * ```ts
 * import { actingAs, testRwt } from "redis-web-token/testing";
 *
 * const { rwt } = testRwt<{ id: string }>();
 * const { headers } = await actingAs(rwt, { id: "42" }, { subject: "42" });
 * console.log(headers.Authorization.slice(0, 11)); // Bearer rwt_
 * ```
 */
export async function actingAs<Data>(
  rwt: Pick<Rwt<Data>, "sign">,
  data: Data,
  { cookie: cookieOptions = {}, ...options }: ActingAsOptions = {},
): Promise<ActingUser> {
  const settings = readCookieOptions(cookieOptions);
  const token = await rwt.sign(data, options);
  const { name, path, secure, sameSite, domain } = settings;
  return {
    token,
    headers: { Authorization: `Bearer ${token}` },
    cookieHeaders: { Cookie: `${name}=${token}` },
    cookie: sessionCookie({ ...settings, persistent: false }, token),
    playwright: (url) => [
      {
        name,
        value: token,
        domain: domain === "" ? new URL(url).hostname : domain.replace(/^\.?/, "."),
        path,
        httpOnly: true,
        secure,
        sameSite,
      },
    ],
  };
}
