/** Cookie behaviour that only a browser shows: for which sites cookies are kept, and which of two responses is applied last. */
import { type Context, Hono } from "hono";
import { describe, expect, test } from "vitest";
import {
  type OptionalRwtVariables,
  type RwtAuthOptions,
  rwtAuth,
  rwtCarrier,
  signIn,
  signOut,
} from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { serveApp } from "../support/serve-app.ts";
import { device } from "./browser.ts";

const rwt = createRwt<string>({ store: memoryStore(), secret: "a secret of the tests, 32 bytes or more" });
type Options = Partial<Omit<RwtAuthOptions<string>, "rwt" | "from">>;

const pageOf = (name: string): string =>
  `<!doctype html><h1>${name}</h1>
   <form method="post" action="/login"><button>Sign in</button></form>
   <form method="post" action="/logout"><button>Sign out</button></form>`;

/** A page that shows who is signed in, with buttons to sign in and out. */
function appWith(options: Options = {}): Hono<{ Variables: OptionalRwtVariables<string> }> {
  const app = new Hono<{ Variables: OptionalRwtVariables<string> }>();
  const given = { rwt, from: ["cookie"], ...options } as const;
  app.get("/", rwtAuth<string>({ ...given, optional: true }), (c) =>
    c.html(pageOf(c.var.session?.data ?? "Nobody")),
  );
  app.post("/login", rwtCarrier<string>(given), async (c) => {
    await signIn(c, "Ada");
    return c.redirect("/", 303);
  });
  app.post("/logout", rwtCarrier<string>(given), async (c) => {
    await signOut(c);
    return c.redirect("/", 303);
  });
  return app;
}

describe("in another site's iframe, where the browser blocks third-party cookies", () => {
  /** A page on localhost, which is a different site from 127.0.0.1, with the app in an iframe. */
  async function embedded(options: Options) {
    const widget = await serveApp(appWith(options));
    const host = new Hono();
    host.get("/", (c) => c.html(`<!doctype html><title>Host</title><iframe src="${widget}/"></iframe>`));
    const url = (await serveApp(host)).replace("127.0.0.1", "localhost");
    const page = await device();
    await page.goto(url);
    const frame = page.frameLocator("iframe");
    const press = (name: string) => frame.getByRole("button", { name, exact: true }).click();
    const seen = (name: string) => frame.getByRole("heading", { name, exact: true }).waitFor();
    return { page, widget, press, seen };
  }

  test("a partitioned cookie signs in, stays, and is cleared", async () => {
    const { page, widget, press, seen } = await embedded({ cookie: { partitioned: true } });
    await seen("Nobody");
    await press("Sign in");
    await seen("Ada");
    await page.reload();
    await seen("Ada");

    // The cookie is partitioned by the host site, so that the app's own page doesn't get it.
    const own = await page.context().newPage();
    await own.goto(widget);
    await own.getByRole("heading", { name: "Nobody" }).waitFor();

    await press("Sign out");
    await seen("Nobody");
    await page.reload();
    await seen("Nobody");
    expect(await page.context().cookies()).toEqual([]);
  });

  test("any other cookie is dropped, so that nobody can sign in", async () => {
    const { page, press, seen } = await embedded({ cookie: { sameSite: "None" } });
    await seen("Nobody");
    await press("Sign in");
    await page.waitForLoadState("networkidle");
    await seen("Nobody");
    expect(await page.context().cookies()).toEqual([]);
  });
});

describe("a 401 that arrives after a sign-in in another tab", () => {
  /** Holds back a private response until `release`. */
  async function racing(onFailure?: (c: Context, answer: Response) => Promise<Response>) {
    const app = appWith();
    let release = (): void => {};
    const letGo = new Promise<void>((resolve) => {
      release = resolve;
    });
    const refuse: RwtAuthOptions<string>["onFailure"] = async (c, { response }) => {
      await letGo;
      return onFailure ? onFailure(c, response) : response;
    };
    app.get("/private", rwtAuth<string>({ rwt, from: ["cookie"], onFailure: refuse }), (c) => c.text("in"));
    const url = await serveApp(app);

    const tab = await device();
    await tab.goto(url);
    await tab.getByRole("button", { name: "Sign in" }).click();
    await tab.getByRole("heading", { name: "Ada" }).waitFor();
    const [{ value } = { value: "" }] = await tab.context().cookies();
    await rwt.destroy(value);

    const late = tab.evaluate("fetch('/private').then((answer) => answer.status)");
    const other = await tab.context().newPage();
    await other.goto(url);
    await other.getByRole("heading", { name: "Nobody" }).waitFor();
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("heading", { name: "Ada" }).waitFor();
    release();
    expect(await late).toBe(401);
    await other.reload();
    return other.getByRole("heading", { level: 1 }).textContent();
  }

  test("leaves that tab's cookie alone, since a refusal sets no cookie", async () => {
    expect(await racing()).toBe("Ada");
  });

  test("deletes the cookie if onFailure signs out, as documented", async () => {
    const dropping = async (c: Context, answer: Response): Promise<Response> => {
      await signOut(c);
      return answer;
    };
    expect(await racing(dropping)).toBe("Nobody");
  });
});

test("a cookie with persistent: false lasts until the browser closes", async () => {
  const page = await device();
  await page.goto(await serveApp(appWith({ cookie: { persistent: false } })));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Ada" }).waitFor();
  expect(await page.context().cookies()).toMatchObject([{ name: "__Host-rwt", expires: -1 }]);
});

test("a dead cookie with an older scope, which is sent first, locks nobody out", async () => {
  const cookie = { name: "sid" };
  const app = appWith({ cookie });
  app.get("/me", rwtAuth<string>({ rwt, from: ["cookie"], cookie }), (c) =>
    c.text(c.var.session?.data ?? ""),
  );
  const url = await serveApp(app);
  const page = await device();
  const dead = await rwt.sign("Gone");
  await rwt.destroy(dead);
  await page.context().addCookies([{ ...cookie, value: dead, domain: "127.0.0.1", path: "/me" }]);
  await page.goto(url);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Ada" }).waitFor();
  expect(await page.context().cookies(`${url}/me`)).toHaveLength(2);
  expect((await page.goto(`${url}/me`))?.status()).toBe(200);
  expect(await page.locator("body").textContent()).toBe("Ada");
});
