import { Elysia, t } from "elysia";
import { endOtherSessions, listSessions, signIn, signOut } from "./auth.ts";
import { session } from "./session.ts";

new Elysia()
  .use(session)
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
      return goTo("/private", await signIn(request, { id: name, name }, { subject: name }));
    },
    { body: t.Object({ name: t.String(), password: t.String() }) },
  )
  .get(
    "/private",
    ({ user }) =>
      html(`<p>Hello ${Bun.escapeHTML(user.name)}</p>
        <a href="/private/devices">Devices</a>
        <form method="post" action="/sign-out"><button>Sign out</button></form>
        <form method="post" action="/sign-out-everywhere"><button>Sign out everywhere</button></form>`),
    { session: true },
  )
  .get(
    "/private/devices",
    async ({ request }) => {
      const list = await listSessions(request);
      if (list instanceof Response) return list;
      const items = list.sessions.map(({ issuedAt, current }) => {
        const since = new Date(issuedAt * 1000).toISOString();
        return `<li>${since}${current ? " (this device)" : ""}</li>`;
      });
      return html(`<ul>${items.join("")}</ul>`);
    },
    { session: true },
  )
  .post("/sign-out", async ({ request }) => goTo("/", await signOut(request)))
  .post("/sign-out-everywhere", async ({ request }) => {
    const ended = await endOtherSessions(request);
    return ended instanceof Response ? ended : goTo("/", await signOut(request));
  })
  .listen(Number(process.env.PORT ?? 3000));

function html(markup: string): Response {
  return new Response(markup, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/** Redirects with the cookie that a result sets, or returns its refusal: 400, 401, 403 or 503. */
function goTo(path: string, result: Response | { readonly headers: Headers }): Response {
  if (result instanceof Response) return result;
  result.headers.set("Location", path);
  return new Response(null, { status: 303, headers: result.headers });
}
