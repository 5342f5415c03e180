import type { H3Event } from "h3";

/** Sends the headers of a result. Throws a refusal as the error that Nuxt shows: 400, 401, 403 or 503. */
export function accept<Result>(event: H3Event, result: Result | Response): Result {
  const { headers } = result as { headers?: Headers };
  headers?.delete("Content-Type"); // Nuxt's errors are JSON or a page
  for (const [name, value] of headers ?? []) appendResponseHeader(event, name, value);
  if (result instanceof Response) throw createError({ statusCode: result.status });
  return result;
}
