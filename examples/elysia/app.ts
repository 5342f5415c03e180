import { Elysia, t } from "elysia";
import type { Rwt } from "redis-web-token";
import { requestAuth, seeOther } from "redis-web-token/request";

export interface User {
  readonly id: string;
  readonly name: string;
}

export function createApp(rwt: Rwt<User>) {
  const auth = requestAuth<User>({ rwt, from: ["cookie"] });

  return new Elysia()
    .get("/", () =>
      html(`<form method="post" action="/sign-in">
        <input name="name" placeholder="Name" required>
        <input name="password" type="password" placeholder="Password: secret" required>
        <button>Sign in</button>
      </form>`),
    )
    .post(
      "/sign-in",
      async ({ request, body: { name, password } }) => {
        if (password !== "secret") return new Response("Wrong password", { status: 401 });
        return seeOther("/private", await auth.signIn(request, { id: name, name }, { subject: name }));
      },
      { body: t.Object({ name: t.String(), password: t.String() }) },
    )
    .get("/private", async ({ request }) => {
      const session = await auth.authenticate(request);
      if (session instanceof Response) return session; // 400, 401 or 503
      return html(`<p>Hello ${Bun.escapeHTML(session.data.name)}</p>
        <a href="/private/devices">Devices</a>
        <form method="post" action="/private/confirm">
          <input name="password" type="password" placeholder="Password: secret" required>
          <button>Confirm password</button>
        </form>
        <form method="post" action="/sign-out"><button>Sign out</button></form>
        <form method="post" action="/sign-out-everywhere"><button>Sign out everywhere</button></form>`);
    })
    .get("/private/devices", async ({ request }) => {
      const list = await auth.listSessions(request);
      if (list instanceof Response) return list;
      const items = list.sessions.map(({ issuedAt, current }) => {
        const since = new Date(issuedAt * 1000).toISOString();
        return `<li>${since}${current ? " (this device)" : ""}</li>`;
      });
      return html(`<ul>${items.join("")}</ul>`);
    })
    .post(
      "/private/confirm",
      async ({ request, body: { password } }) => {
        if (password !== "secret") return new Response("Wrong password", { status: 401 });
        // Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
        return seeOther("/private", await auth.rotateSession(request, { retry: false }));
      },
      { body: t.Object({ password: t.String() }) },
    )
    .post("/sign-out", async ({ request }) => seeOther("/", await auth.signOut(request)))
    .post("/sign-out-everywhere", async ({ request }) =>
      seeOther("/", await auth.signOutEverywhere(request)),
    );
}

/** A page that depends on a session: no cache may keep it. */
function html(markup: string): Response {
  const headers = { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" };
  return new Response(markup, { headers });
}
