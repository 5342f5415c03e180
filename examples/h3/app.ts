import { H3, html, raw, serve } from "h3";
import { authenticate, endOtherSessions, listSessions, signIn, signOut, type User } from "./auth.ts";

const app = new H3();

app.use("/private/**", async ({ req, res, context }) => {
  const session = await authenticate(req);
  if (session instanceof Response) return session; // 400, 401 or 503
  context.user = session.data;
  res.headers.set("Cache-Control", "no-store");
  return undefined;
});

app.get(
  "/",
  () => html`<form method="post" action="/sign-in">
    <input name="name" placeholder="Name" required>
    <input name="password" type="password" placeholder="Password: secret" required>
    <button>Sign in</button>
  </form>`,
);

app.post("/sign-in", async ({ req }) => {
  const form = await req.formData();
  if (form.get("password") !== "secret") return new Response("Wrong password", { status: 401 });
  const name = `${form.get("name")}`;
  return goTo("/private", await signIn(req, { id: name, name }, { subject: name }));
});

app.get("/private", ({ context }) => {
  const { name } = context.user as User;
  return html`<p>Hello ${name}</p>
    <a href="/private/devices">Devices</a>
    <form method="post" action="/sign-out"><button>Sign out</button></form>
    <form method="post" action="/sign-out-everywhere"><button>Sign out everywhere</button></form>`;
});

app.get("/private/devices", async ({ req }) => {
  const list = await listSessions(req);
  if (list instanceof Response) return list;
  const items = list.sessions.map(({ issuedAt, current }) => {
    const since = new Date(issuedAt * 1000).toISOString();
    return `<li>${since}${current ? " (this device)" : ""}</li>`;
  });
  return html`<ul>${raw(items.join(""))}</ul>`;
});

app.post("/sign-out", async ({ req }) => goTo("/", await signOut(req)));

app.post("/sign-out-everywhere", async ({ req }) => {
  const ended = await endOtherSessions(req);
  return ended instanceof Response ? ended : goTo("/", await signOut(req));
});

/** Redirects with the cookie that a result sets, or returns its refusal: 400, 401, 403 or 503. */
function goTo(path: string, result: Response | { readonly headers: Headers }): Response {
  if (result instanceof Response) return result;
  result.headers.set("Location", path);
  return new Response(null, { status: 303, headers: result.headers });
}

serve(app, { port: Number(process.env.PORT ?? 3000) });
