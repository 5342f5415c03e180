import { html } from "hono/html";
import { lineChart, sample } from "./chart.ts";
import { count, duration, time } from "./format.ts";
import { type Page, page } from "./layout.ts";
import { KINDS, type Kind, type Reading, STEP, STEPS } from "./meter.ts";
import type { User } from "./users.ts";

export interface SessionCount {
  readonly user: string;
  readonly count: number;
  /** Whether the user has more sessions than `count`. */
  readonly more: boolean;
}

export interface Overview extends Reading {
  readonly sessions: readonly SessionCount[];
  readonly storeName: string;
}

export const operatorPage = (viewer: User, overview: Overview): Page =>
  page(
    "Status",
    html`${tiles(overview)}
      ${rates(overview)}
      ${sessionsOfUsers(overview.sessions)}
      <p><small>Tokens and latencies are those of this process since ${time(overview.since)} (on Cloudflare, of this isolate);
        sessions are those of all services. <a href="/operator">Refresh</a></small></p>`,
    { user: viewer, path: "/operator" },
  );

const tiles = ({ sessions, storeName, latency }: Overview): Page => {
  const live = sessions.reduce((sum, { count }) => sum + count, 0);
  const more = sessions.some(({ more }) => more) ? "+" : "";
  return html`<dl class="tiles">
    <div><dt>Live sessions</dt><dd>${live}${more}</dd></div>
    <div><dt>Latency, median</dt><dd>${latency === undefined ? "–" : milliseconds(latency.median)}</dd></div>
    <div><dt>Latency, p95</dt><dd>${latency === undefined ? "–" : milliseconds(latency.p95)}</dd></div>
    <div><dt>Store</dt><dd>${storeName}</dd></div>
  </dl>`;
};

const rates = ({ steps, totals }: Overview): Page => {
  const recent = (kind: Kind): number => steps[kind].reduce((sum, n) => sum + n, 0);
  const span = duration(STEP * STEPS);
  const row = (kind: Kind): Page =>
    html`<tr><th scope="row">${sample(kind)} ${kind}</th><td>${recent(kind)}</td><td>${totals[kind]}</td></tr>`;
  return html`<section aria-labelledby="rates">
    <h2 id="rates">Tokens</h2>
    ${lineChart(
      KINDS.map((name) => ({ name, values: steps[name] })),
      {
        description: `Tokens signed, verified and rejected over the last ${span}; the table has the numbers`,
        bottom: [`${span} ago`, "now"],
        unit: `per ${duration(STEP)}`,
      },
    )}
    <table>
      <thead><tr><th scope="col">Tokens</th><th scope="col">last ${span}</th><th scope="col">in all</th></tr></thead>
      <tbody>${KINDS.map(row)}</tbody>
    </table>
  </section>`;
};

const sessionsOfUsers = (sessions: readonly SessionCount[]): Page =>
  html`<section aria-labelledby="users">
    <h2 id="users">Users</h2>
    <ul class="sessions">${sessions.map(
      ({ user, count: n, more }) => html`<li>
        <p><strong>${user}</strong> <small>${more ? "more than " : ""}${count(n, "session")}</small></p>
        ${n === 0 ? html`<button disabled aria-label="End all: ${user}">End all</button>` : endAll(user)}
      </li>`,
    )}</ul>
  </section>`;

/** Asks for confirmation, without a script. */
const endAll = (user: string): Page =>
  html`<details class="confirm">
    <summary aria-label="End all: ${user}">End all</summary>
    <form method="post" action="/operator/end-all">
      <input type="hidden" name="user" value="${user}">
      <button aria-label="Yes, sign ${user} out everywhere">Yes, sign out everywhere</button>
    </form>
  </details>`;

const milliseconds = (n: number): string => `${n < 10 ? n.toFixed(1) : Math.round(n)} ms`;
