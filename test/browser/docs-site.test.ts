import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { pageGroups } from "../../tools/docs/pages.ts";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { bin } from "../support/bin.ts";
import { seriousViolations } from "./axe.ts";
import { device } from "./browser.ts";
import { crawl } from "./crawl.ts";
import { serveFolder } from "./static-server.ts";

const DOCS_BASE = "/some/base/";
const folder = join(root, "dist/.docs-site");
atEnd(() => rmSync(folder, { recursive: true, force: true }));
await promisify(execFile)(bin("vitepress"), ["build", "docs", "--outDir", folder], {
  cwd: root,
  env: { ...process.env, DOCS_BASE },
});
const home = await serveFolder(folder, DOCS_BASE);
const { pages, dead } = await crawl(home);

test("every page is reachable from the home page, and no link or anchor is dead", () => {
  const paths = pageGroups().flatMap((group) => group.pages.map(({ path }) => path));
  expect(pages.toSorted()).toEqual(
    paths.map((path) => home + path.replace(/(README|index)?\.md$/, "")).toSorted(),
  );
  expect(dead).toEqual([]);
});

const LOOKS = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 360 },
] as const;

async function lookAt(urls: readonly string[]): Promise<void> {
  const page = await device({ reducedMotion: "reduce" });
  for (const url of urls) {
    await page.goto(url);
    for (const { colorScheme, width } of LOOKS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      expect(await seriousViolations(page), `${url}, ${colorScheme}`).toEqual([]);
      const scrolls = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(scrolls, `${url}, ${width} pixels wide`).toBeLessThanOrEqual(0);
    }
  }
}

test("every page is accessible, light and dark, and fits a phone", { timeout: 300_000 }, async () => {
  // One tab per core, since a long page takes about a second of a core.
  const half = Math.ceil(pages.length / 2);
  await Promise.all([lookAt(pages.slice(0, half)), lookAt(pages.slice(half))]);
});

test("search finds a function's page", async () => {
  const page = await device();
  await page.goto(home);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("searchbox").fill("createRwt");
  await page.getByRole("option", { name: "redis-web-token > Functions > createRwt" }).first().click();
  await page.waitForURL(`${home}docs/reference/redis-web-token#createrwt`);
});

test("a block of code can be copied", async () => {
  const page = await device({ permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(`${home}docs/reference/redis-web-token`);
  const block = page.locator("div[class*=language-]").first();
  await block.hover();
  await block.getByRole("button", { name: "Copy Code" }).click();
  await block.locator("button.copied").waitFor();
  const code = await block.locator("code").textContent();
  expect(code).toContain("function createRwt");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
});

test("on a phone, the menu leads to the pages", async () => {
  const page = await device({ viewport: { width: 360, height: 800 } });
  await page.goto(home);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.locator("#VPSidebarNav").getByRole("link", { name: "Questions" }).click();
  await page.getByRole("heading", { level: 1, name: "Questions" }).waitFor();
});
