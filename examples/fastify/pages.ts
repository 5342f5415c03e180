import type { SessionInfo } from "redis-web-token/sessions";

export interface User {
  readonly id: string;
  readonly name: string;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title><h1>${escaped(title)}</h1>${body}</html>`;

export const loginPage = (isWrong: boolean): string =>
  page(
    "Sign in",
    `<form method="post" action="/login">
      ${isWrong ? "<p>Wrong name or password</p>" : ""}
      <label>Name <input name="name" required autocomplete="username"></label>
      <label>Password <input name="password" type="password" placeholder="open sesame" required></label>
      <button>Sign in</button>
    </form>`,
  );

export const accountPage = (name: string, sessions: readonly SessionInfo[]): string =>
  page(
    `Hello, ${name}`,
    `<ul>${sessions
      .map(
        ({ issuedAt, meta, current }) =>
          `<li>${new Date(issuedAt * 1000).toUTCString()}: ${escaped(String(meta?.device))} ${current ? "(this device)" : ""}</li>`,
      )
      .join("")}</ul>
    <form method="post" action="/confirm">
      <label>Password <input name="password" type="password" placeholder="open sesame" required></label>
      <button>Confirm password</button>
    </form>
    <form method="post" action="/logout"><button>Sign out</button></form>
    <form method="post" action="/logout-everywhere"><button>Sign out everywhere</button></form>`,
  );
