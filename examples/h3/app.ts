import { H3, html, raw } from "h3";
import type { Rwt } from "redis-web-token";
import { requestAuth, seeOther } from "redis-web-token/request";

export interface User {
  readonly id: string;
  readonly name: string;
}

export function createApp(rwt: Rwt<User>): H3 {
  const auth = requestAuth<User>({ rwt, from: ["cookie"] });
  const app = new H3();

  app.use("/private/**", async ({ req, res, context }) => {
    const session = await auth.authenticate(req);
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
    return seeOther("/private", await auth.signIn(req, { id: name, name }, { subject: name }));
  });

  app.get("/private", ({ context }) => {
    const { name } = context.user as User;
    return html`<p>Hello ${name}</p>
      <a href="/private/devices">Devices</a>
      <form method="post" action="/private/confirm">
        <input name="password" type="password" placeholder="Password: secret" required>
        <button>Confirm password</button>
      </form>
      <form method="post" action="/sign-out"><button>Sign out</button></form>
      <form method="post" action="/sign-out-everywhere"><button>Sign out everywhere</button></form>`;
  });

  app.get("/private/devices", async ({ req }) => {
    const list = await auth.listSessions(req);
    if (list instanceof Response) return list;
    const items = list.sessions.map(({ issuedAt, current }) => {
      const since = new Date(issuedAt * 1000).toISOString();
      return `<li>${since}${current ? " (this device)" : ""}</li>`;
    });
    return html`<ul>${raw(items.join(""))}</ul>`;
  });

  // Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
  app.post("/private/confirm", async ({ req }) => {
    const form = await req.formData();
    if (form.get("password") !== "secret") return new Response("Wrong password", { status: 401 });
    return seeOther("/private", await auth.rotateSession(req, { retry: false }));
  });

  app.post("/sign-out", async ({ req }) => seeOther("/", await auth.signOut(req)));

  app.post("/sign-out-everywhere", async ({ req }) => seeOther("/", await auth.signOutEverywhere(req)));

  return app;
}
