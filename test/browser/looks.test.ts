import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { ADA, browse, GRACE } from "../example/client.ts";
import { seriousViolations } from "./axe.ts";
import { device, seesHeading, signIn } from "./browser.ts";
import { startExample } from "./example.ts";

const { url } = await startExample();

const pictures = join(root, "screenshots");
mkdirSync(pictures, { recursive: true });

/** Visits all pages, and passes each to `look`. */
async function tour(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  await page.goto(url);
  await look("sign-in");
  await page.getByLabel("User name").fill("ada");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await look("refused");
  await signIn(page, url, ADA);
  await look("home");
  for (const path of ["private", "sessions", "operator", "nowhere"]) {
    await page.goto(`${url}/${path}`);
    await look(path);
  }
  await page.context().clearCookies();
  await signIn(page, url, GRACE);
  await page.goto(`${url}/operator`);
  await seesHeading(page, "Not for you");
  await look("forbidden");
}

const luminance = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const [r = 0, g = 0, b = 0] =
      getComputedStyle(document.body)
        .backgroundColor.match(/[\d.]+/g)
        ?.map(Number) ?? [];
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  });

const ELSEWHERE = [
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile Safari/604.1",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
];
const SIZES = { desktop: 1000, phone: 320 };

test("every page is accessible, fits a phone, and follows the light or dark scheme", async () => {
  // Other sessions, so that the list has more than one item.
  for (const agent of ELSEWHERE)
    await browse(`${url}/login`, { form: ADA, headers: { "User-Agent": agent } });
  const page = await device({ deviceScaleFactor: 1 });
  await tour(page, async (name) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [size, width] of Object.entries(SIZES)) {
        await page.setViewportSize({ width, height: 640 });
        const path = join(pictures, `${name}-${colorScheme}-${size}.png`);
        await page.screenshot({ path, fullPage: true });
        const scrolls = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(scrolls, path).toBeLessThanOrEqual(0);
        const header = await page.locator("header").boundingBox();
        expect(header?.height, path).toBeLessThan(60);
      }
      expect(await seriousViolations(page), `${name}, ${colorScheme}`).toEqual([]);
      const dark = (await luminance(page)) < 0.2;
      expect(dark, name).toBe(colorScheme === "dark");
    }
  });
});

test("the first Tab reaches the link to the content, and every link and button shows its focus", async () => {
  const page = await device();
  await signIn(page, url, ADA);
  await page.goto(`${url}/sessions`);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
  const focusable = await page.locator("a, button").count();
  for (let i = 0; i < focusable; i++) {
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
      return `${outlineStyle} ${outlineWidth}`;
    });
    expect(outline).toBe("solid 3px");
    await page.keyboard.press("Tab");
  }
});
