import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { chromiumPath } from "../../tools/chromium.ts";
import { atEnd } from "../support/at-end.ts";

const browser = await chromium.launch({ executablePath: chromiumPath });
atEnd(() => browser.close());

/** Opens a browser with its own cookies. It closes after the test, which fails if the page violated its CSP or threw an error. */
export async function device(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const violations: string[] = [];
  context.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) violations.push(message.text());
  });
  context.on("weberror", (error) => violations.push(error.error().message));
  atEnd(async () => {
    await context.close();
    expect(violations).toEqual([]);
  });
  return context.newPage();
}

/** Signs in with the form. */
export async function signIn(
  page: Page,
  url: string,
  user: { user: string; password: string },
): Promise<void> {
  await page.goto(url);
  await page.getByLabel("User name").fill(user.user);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: /^Hello, / }).waitFor();
}

/** Signs out with the menu behind the user's name. */
export async function signOut(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation").getByText(name).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
}

/** Waits until the page's heading is `text`. */
export const seesHeading = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByRole("heading", { level: 1, name: text }).waitFor();

/** The status of the page at an address. */
export const statusOf = async (page: Page, url: string): Promise<number | undefined> =>
  (await page.goto(url))?.status();

/**
 * Opens another tab of the same browser. A page of the example leaves by itself once its session has ended, and so breaks off a
 * visit that its own tab makes at that moment.
 */
export const newTab = (page: Page): Promise<Page> => page.context().newPage();
