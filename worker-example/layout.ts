import { html } from "hono/html";
import type { User } from "./users.ts";

/** HTML in which interpolated values are escaped. */
export type Page = ReturnType<typeof html>;

/** The signed-in user, and the path of the current page in the menu. */
export interface Viewer {
  readonly user: User;
  readonly path: string;
}

export const isOperator = ({ role }: User): boolean => role === "admin";

/**
 * The layout of every page. With a viewer it has the menu, and the script that notices when the session ends elsewhere.
 *
 * Pages use Hono's `html` templates rather than JSX, because Node strips types but can't run JSX, and this example needs no build
 * step on any runtime.
 */
export const page = (title: string, content: Page, viewer?: Viewer): Page => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Redis Web Token</title>
    <link rel="icon" href="/icon.svg">
    <link rel="stylesheet" href="/style.css">
    ${viewer === undefined ? "" : html`<script type="module" src="/live.js"></script>`}
  </head>
  <body>
    <a class="skip" href="#content">Skip to the content</a>
    <header>
      <a class="logo" href="/"><img src="/icon.svg" alt="" width="32" height="32"> <span>Redis Web Token</span></a>
      ${viewer === undefined ? "" : menu(viewer)}
    </header>
    <main id="content"${viewer === undefined ? "" : html` class="wide"`}>
      <h1>${title}</h1>
      ${content}
    </main>
  </body>
</html>
`;

const menu = ({ user, path }: Viewer): Page => {
  const item = (to: string, name: string): Page =>
    html`<li><a href="${to}"${to === path ? html` aria-current="page"` : ""}>${name}</a></li>`;
  return html`<nav aria-label="Main">
    <ul>
      ${item("/private", "Private")}
      ${item("/sessions", "Sessions")}
      ${isOperator(user) ? item("/operator", "Operator") : ""}
    </ul>
    <details class="account">
      <summary>${user.name}</summary>
      <form method="post" action="/logout"><button>Sign out</button></form>
    </details>
  </nav>`;
};
