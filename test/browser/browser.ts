import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { chromiumPath } from "../../tools/chromium.ts";
import { atEnd } from "../support/at-end.ts";

const browser = await chromium.launch({ executablePath: chromiumPath });
atEnd(() => browser.close());

/** A browser of somebody's, with cookies of its own. It is closed after the test, and must not have met with the page's policy. */
export async function device(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const violations: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) violations.push(message.text());
  });
  page.on("pageerror", (error) => violations.push(error.message));
  atEnd(async () => {
    await context.close();
    expect(violations).toEqual([]);
  });
  return page;
}

/** Signs in by the form, as people do. */
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

/** Signs out by the menu behind the user's name. */
export async function signOut(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation").getByText(name).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
}

/** The page's heading, once it is `text`. */
export const seesHeading = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByRole("heading", { level: 1, name: text }).waitFor();

/** The status of a page at an address. The page before it may be about to leave by itself, since its session has ended. */
export async function statusOf(page: Page, url: string): Promise<number | undefined> {
  const visit = async () => (await page.goto(url))?.status();
  return visit().catch((error: Error) => {
    if (error.message.includes("interrupted by another navigation")) return visit();
    throw error;
  });
}
