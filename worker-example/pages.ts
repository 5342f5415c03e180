import { html } from "hono/html";
import type { Session } from "redis-web-token";
import type { User } from "./users.ts";

/** Markup in which whatever came from outside is escaped. */
export type Page = ReturnType<typeof html>;

/**
 * @param options.alert - what went wrong
 * @param options.notice - what is to be said first, where nothing did
 * @param options.name - the name that was refused, to be corrected
 */
export function signInPage(
  options: { alert?: string; notice?: string; name?: string | undefined } = {},
): Page {
  const { alert, notice, name } = options;
  const wrong = name === undefined ? "" : html` aria-invalid="true" aria-describedby="alert"`;
  return page(
    "Sign in",
    html`<form method="post" action="/login">
      ${alert === undefined ? "" : html`<p role="alert" id="alert">${alert}</p>`}
      ${notice === undefined ? "" : html`<p role="status">${notice}</p>`}
      <label for="user">User name</label>
      <input id="user" name="user" value="${name ?? ""}" required maxlength="100" autocomplete="username"
        autocapitalize="none" spellcheck="false"${wrong}>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" required maxlength="500"
        autocomplete="current-password"${wrong}${name === undefined ? "" : " autofocus"}>
      <button>Sign in</button>
    </form>`,
  );
}

export const homePage = ({ data: user }: Session<User>, storeName: string): Page =>
  page(
    `Hello, ${user.name}`,
    html`<p>You are signed in as <strong>${user.id}</strong> (${user.role}), and your session lives in
      ${storeName}.</p>
      <p><a class="button" href="/private">See the private page</a></p>
      <p><a href="/sessions">Where you are signed in</a></p>
      ${logOutForm}`,
  );

export const privatePage = ({ data: user, issuedAt, expire, deadline, meta }: Session<User>): Page =>
  page(
    "Private page",
    html`<p>Only those who are signed in see this.</p>
      <dl>
        <dt>Name</dt><dd>${user.name}</dd>
        <dt>Role</dt><dd>${user.role}</dd>
        <dt>Signed in</dt><dd>${time(issuedAt)}</dd>
        <dt>Ends</dt><dd>after ${minutes(expire)} without use, and by ${time(deadline)}</dd>
        <dt>Device</dt><dd>${String(meta?.device ?? "unknown")}</dd>
      </dl>
      <p><a href="/">Back to the home page</a></p>
      ${logOutForm}`,
  );

export const messagePage = (title: string, text: string): Page =>
  page(title, html`<p>${text}</p><p><a href="/">To the home page</a></p>`);

const logOutForm = html`<form method="post" action="/logout"><button class="quiet">Log out</button></form>`;

export function time(unixSeconds: number): Page {
  const date = new Date(unixSeconds * 1000);
  const text = date.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return html`<time datetime="${date.toISOString()}">${text} UTC</time>`;
}

export const minutes = (seconds: number): string =>
  seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;

export const page = (title: string, content: Page): Page => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Redis Web Token</title>
    <link rel="icon" href="/icon.svg">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <header><a href="/"><img src="/icon.svg" alt="" width="32" height="32"> Redis Web Token</a></header>
    <main>
      <h1>${title}</h1>
      ${content}
    </main>
  </body>
</html>
`;
