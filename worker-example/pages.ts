import { html } from "hono/html";
import type { Session } from "redis-web-token";
import { deviceName } from "./device.ts";
import { duration, nowInSeconds, time } from "./format.ts";
import { isOperator, type Page, page } from "./layout.ts";
import type { User } from "./users.ts";

interface SignInPage {
  /** An error message. */
  readonly alert?: string | undefined;
  /** A message that isn't an error. */
  readonly notice?: string | undefined;
  /** The user name of a failed attempt, to be corrected. */
  readonly name?: string | undefined;
  /** How to sign in to the demo. */
  readonly hint?: string | undefined;
}

export function signInPage(options: SignInPage = {}): Page {
  const { alert, notice, name, hint } = options;
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
      ${hint === undefined ? "" : html`<p class="hint"><small>${hint}</small></p>`}
    </form>`,
  );
}

/** Asks a signed-in user for the password again. */
export const confirmPage = (alert?: string): Page =>
  page(
    "Confirm that it's you",
    html`<form method="post" action="/confirm">
      ${
        alert === undefined
          ? html`<p role="status">Please enter your password again. Then try once more.</p>`
          : html`<p role="alert" id="alert">${alert}</p>`
      }
      <label for="password">Password</label>
      <input id="password" name="password" type="password" required maxlength="500" autocomplete="current-password" autofocus>
      <button>Confirm</button>
    </form>`,
  );

/** @param wait - seconds */
export const tooOften = (wait: number): string =>
  `Too many wrong passwords. Please try again in ${duration(wait)}.`;

export const homePage = ({ data: user }: Session<User>, storeName: string): Page =>
  page(
    `Hello, ${user.name}`,
    html`<p>You are signed in as <strong>${user.id}</strong> (${user.role}). Sessions are stored in: ${storeName}.</p>
      <ul class="cards">
        <li><a href="/private">Private page</a> <span>Your data, and a countdown to the end of your session</span></li>
        <li><a href="/sessions">Where you are signed in</a> <span>Your devices, with a button to sign out each</span></li>
        ${
          isOperator(user)
            ? html`<li><a href="/operator">Status</a> <span>Sessions, tokens and latency, for operators</span></li>`
            : ""
        }
      </ul>`,
    { user, path: "/" },
  );

export const privatePage = ({ data: user, issuedAt, expire, deadline, meta }: Session<User>): Page =>
  page(
    "Private page",
    html`<p>Only signed-in users see this page.</p>
      <dl>
        <dt>Name</dt><dd>${user.name}</dd>
        <dt>Role</dt><dd>${user.role}</dd>
        <dt>Signed in</dt><dd>${time(issuedAt)}</dd>
        <dt>Device</dt><dd>${deviceName(meta)}</dd>
      </dl>
      ${lifeOf(Math.min(expire, deadline - nowInSeconds()), expire, deadline)}`,
    { user, path: "/private" },
  );

/** How long the session lasts, when the page was rendered. /live.js keeps it current. */
const lifeOf = (left: number, expire: number, deadline: number): Page =>
  html`<section aria-labelledby="life">
    <h2 id="life">How long your session lasts</h2>
    <p>Unless you use it, it ends in <strong role="timer" data-idle>${duration(left)}</strong>.
      <progress data-idle-bar max="${expire}" value="${left}" aria-label="Idle time left"></progress>
      Opening any page restarts these ${duration(expire)}.</p>
    <p>In any case it ends in <strong role="timer" data-deadline="${deadline}">${duration(
      deadline - nowInSeconds(),
    )}</strong>, at ${time(deadline)}.</p>
  </section>`;

export const messagePage = (title: string, text: string): Page =>
  page(title, html`<p>${text}</p><p><a href="/">Go to the home page</a></p>`);
