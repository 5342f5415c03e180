import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { StoreUnavailableError } from "redis-web-token";
import type { Page } from "./layout.ts";
import { confirmPage, messagePage, signInPage } from "./pages.ts";
import { wantsPage } from "./wants-page.ts";

/** Answers every failed request: with a page for browsers, and plain text for other clients. */
export function answerError(error: Error, c: Context): Response | Promise<Response> {
  log(error);
  const answer = error instanceof HTTPException ? error.getResponse() : serverError();
  if (!wantsPage(c)) return answer;
  // Keep the original response's headers, above all WWW-Authenticate and Retry-After.
  for (const [name, value] of answer.headers) if (name !== "content-type") c.header(name, value);
  c.status(answer.status as 500);
  const isWeak = answer.headers.get("WWW-Authenticate")?.includes("insufficient_user_authentication");
  return c.html(isWeak ? confirmPage() : pageOf(answer.status));
}

/** Logs what operators need to know. Mistakes of visitors aren't logged. */
function log(error: Error): void {
  if (error.cause instanceof StoreUnavailableError) {
    console.error(`503, since the store is unavailable: ${error.cause.reason}`);
  } else if (!(error instanceof HTTPException)) {
    console.error(error);
  }
}

const serverError = (): Response =>
  new Response("Internal Server Error", { status: 500, headers: { "Cache-Control": "no-store" } });

function pageOf(status: number): Page {
  switch (status) {
    case 401:
      return signInPage({ notice: "Please sign in to see this page." });
    case 403:
      return messagePage("Not from here", "This form was sent by another site, so nothing was done.");
    case 503:
      return messagePage(
        "One moment, please",
        "We can't check your session right now. You are still signed in: try again in a few seconds.",
      );
    default:
      return status < 500
        ? messagePage("That didn't work", "Something is wrong with the request.")
        : messagePage("Something went wrong", "It is our fault, and has been noted. Please try again later.");
  }
}
