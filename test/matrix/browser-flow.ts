import { deepStrictEqual as expectEqual, ok } from "node:assert";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumPath } from "../../tools/chromium.ts";
import { startTlsProxy } from "../doubles/tls-proxy.ts";
import { runChecks } from "./checks.ts";
import type { Routes } from "./example-checks.ts";
import type { SuiteResult } from "./programs/suites.ts";

/** What the flow needs to know of an app. */
export interface Pages extends Pick<Routes, "signIn" | "password" | "private" | "devices"> {
  /** Has the form that signs in. */
  readonly form: string;
}

/** Milliseconds. Long, because of busy machines. */
const PATIENCE = 15_000;

let launched: Promise<Browser> | undefined;

/** Ends the Chromium that all flows share. */
export const closeBrowser = async (): Promise<void> => (await launched)?.close();

/** Uses an app in Chromium, through a proxy that terminates TLS. */
export async function checkInBrowser(server: string, pages: Pages): Promise<SuiteResult> {
  // Playwright would keep this process when it gets a SIGTERM.
  launched ??= chromium.launch({ executablePath: chromiumPath, handleSIGTERM: false });
  const browser = await launched;
  const proxy = await startTlsProxy(server);
  const device = async (): Promise<Page> => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(PATIENCE);
    return context.newPage();
  };
  const [desk, phone] = [await device(), await device()];
  try {
    return await runChecks("browser", checksOf(server, proxy.origin, pages, desk, phone));
  } finally {
    for (const page of [desk, phone]) await page.context().close();
    proxy.close();
  }
}

function checksOf(server: string, site: string, pages: Pages, desk: Page, phone: Page) {
  async function fill(page: Page, name: string): Promise<void> {
    await page.locator("input[name=name]").fill(name);
    await page.locator("input[name=password]").fill(pages.password);
  }
  const sees = (page: Page, name: string): Promise<void> => page.getByText(name).first().waitFor();

  return {
    async "a user signs in on two devices and sees both"() {
      for (const page of [desk, phone]) {
        await page.goto(site + pages.form);
        await fill(page, "Grace");
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
        await sees(page, "Grace");
        const [cookie] = await page.context().cookies();
        const { name, httpOnly, secure, sameSite, path } = cookie ?? {};
        expectEqual([name, httpOnly, secure, sameSite, path], ["__Host-rwt", true, true, "Lax", "/"]);
      }
      await desk.goto(site + pages.devices);
      expectEqual(await desk.getByRole("listitem").count(), 2);
    },
    async "a form of another site signs nobody in, and its link opens a page"() {
      const other = await desk.context().newPage();
      // The server itself has another scheme and another host than the proxy, so this is the same form on another site. Without
      // scripts, which would send the form to their own site.
      await other.route(/\.m?js(\?|$)/, (route) => route.abort());
      await other.goto(server + pages.form);
      await fill(other, "Eve");
      const sent = other.waitForResponse((answer) => answer.request().method() === "POST");
      await other.locator("form").evaluate((form, action) => {
        // The page's types are the DOM's, which the project doesn't have.
        const { prototype } = Object(globalThis).HTMLFormElement;
        Object.assign(form, { action });
        prototype.submit.call(form);
      }, site + pages.signIn);
      ok((await sent).status() >= 400, `it answers ${(await sent).status()}`);
      await other.waitForURL(({ origin }) => origin === site);
      await other.goto(server + pages.form);
      await other.evaluate((url) => {
        Object(globalThis).location.href = url;
      }, site + pages.private);
      await sees(other, "Grace");
      await other.close();
    },
    async "signing out everywhere ends both, and clears the cookie"() {
      await desk.goto(site + pages.private);
      await desk.getByRole("button", { name: /everywhere/i }).click();
      await desk.getByRole("button", { name: "Sign in", exact: true }).waitFor();
      expectEqual(await desk.context().cookies(), []);
      await phone.goto(site + pages.private);
      expectEqual(await phone.getByText("Grace").count(), 0);
    },
  };
}
