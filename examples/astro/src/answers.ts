/** Redirects with the cookie that a result sets, or returns its refusal: 400, 401, 403 or 503. */
export function goTo(path: string, result: Response | { readonly headers: Headers }): Response {
  if (result instanceof Response) return result;
  result.headers.set("Location", path);
  return new Response(null, { status: 303, headers: result.headers });
}
