import { OptionRangeError, OptionTypeError } from "../errors.ts";

/**
 * Text that browsers resolve to the same host. They treat a backslash as a slash and skip tabs and line breaks, so that each of
 * "//evil.example", "/\\evil.example" and "/\t/evil.example" leads elsewhere.
 */
const OWN_PATH = /^\/(?![/\\])[!-~]*$/;

/**
 * Redirects after a form (303), with the headers that a result of `requestAuth` sets. Returns the result itself if it is a refusal:
 * 400, 401, 403 or 503.
 *
 * A text must be a path of your own site, so that what a user sent can't lead to another one (open redirect; OWASP ASVS 1.2.2). To
 * redirect to another site, pass a `URL`.
 *
 * @param location - such as `"/private"`, percent-encoded, or a `URL` with http or https
 * @param result - of `signIn`, `signOut`, `signOutEverywhere` or `rotateSession`
 * @throws OptionTypeError, OptionRangeError if `location` is neither, or `result` has no headers
 * @example
 * ```ts
 * import { seeOther } from "redis-web-token/request";
 * import { signIn, signOut } from "./auth.ts";
 *
 * export async function logIn(request: Request): Promise<Response> {
 *   const user = { id: "42", name: "Ada" }; // after checking the password
 *   return seeOther("/private", await signIn(request, user, { subject: user.id }));
 * }
 * export const logOut = async (request: Request): Promise<Response> => seeOther("/", await signOut(request));
 * ```
 */
export function seeOther(location: string | URL, result: Response | { readonly headers: Headers }): Response {
  const target = checkedLocation(location);
  if (result instanceof Response) return result;
  if (typeof Object(result).headers?.get !== "function")
    throw new OptionTypeError("result", "result must be what signIn, signOut, … resolve to: await it");
  const headers = new Headers(result.headers);
  headers.set("Location", target);
  return new Response(null, { status: 303, headers });
}

function checkedLocation(location: string | URL): string {
  if (location instanceof URL) {
    if (/^https?:$/.test(location.protocol)) return location.href;
  } else if (typeof location !== "string") {
    throw new OptionTypeError("location", 'location must be a path such as "/private", or a URL object');
  } else if (OWN_PATH.test(location)) return location;
  const message =
    'location must be a path of this site such as "/private"; for another site, pass new URL("https://…")';
  throw new OptionRangeError("location", message);
}
