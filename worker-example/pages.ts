import { html } from "hono/html";
import type { Session } from "redis-web-token";
import { deviceName } from "./device.ts";
import { duration, nowInSeconds, time } from "./format.ts";
import { isOperator, type Page, page } from "./layout.ts";
import type { User } from "./users.ts";

/**
 * @param options.alert - what went wrong
 * @param options.notice - what is to be said first, where nothing did
 * @param options.name - the name that was refused, to be corrected
 */
export function signInPage(
  options: { alert?: string; notice?: string | undefined; name?: string | undefined } = {},
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
      <ul class="cards">
        <li><a href="/private">The private page</a> <span>and how long your session lasts, as it runs down</span></li>
        <li><a href="/sessions">Where you are signed in</a> <span>with a button to end each</span></li>
        ${
          isOperator(user)
            ? html`<li><a href="/operator">The operator's page</a> <span>for those who keep this running</span></li>`
            : ""
        }
      </ul>`,
    { user, path: "/" },
  );

export const privatePage = ({ data: user, issuedAt, expire, deadline, meta }: Session<User>): Page =>
  page(
    "Private page",
    html`<p>Only those who are signed in see this.</p>
      <dl>
        <dt>Name</dt><dd>${user.name}</dd>
        <dt>Role</dt><dd>${user.role}</dd>
        <dt>Signed in</dt><dd>${time(issuedAt)}</dd>
        <dt>Device</dt><dd>${deviceName(meta)}</dd>
      </dl>
      ${lifeOf(Math.min(expire, deadline - nowInSeconds()), expire, deadline)}`,
    { user, path: "/private" },
  );

/** What is left of the session: as the page was made, and with /live.js as it is now. */
const lifeOf = (left: number, expire: number, deadline: number): Page =>
  html`<section aria-labelledby="life">
    <h2 id="life">How long your session lasts</h2>
    <p>Without use, it ends in <strong role="timer" data-idle>${duration(left)}</strong>.
      <progress data-idle-bar max="${expire}" value="${left}" aria-label="Idle time left"></progress>
      A look at any page starts these ${duration(expire)} anew.</p>
    <p>In any case it ends in <strong role="timer" data-deadline="${deadline}">${duration(
      deadline - nowInSeconds(),
    )}</strong>, at ${time(deadline)}.</p>
  </section>`;

export const messagePage = (title: string, text: string): Page =>
  page(title, html`<p>${text}</p><p><a href="/">To the home page</a></p>`);
