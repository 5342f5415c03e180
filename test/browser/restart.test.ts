/** How long a browser keeps the cookie of a sign-in when it is closed and opened again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { type BrowserContext, chromium } from "playwright-core";
import { expect, test } from "vitest";
import { rwtAuth, rwtCarrier, type SignInOptions, signIn } from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { chromiumPath } from "../../tools/chromium.ts";
import { atEnd } from "../support/at-end.ts";
import { serveApp } from "../support/serve-app.ts";

/** Seconds. A browser on a busy machine restarts within it. */
const SHORT = 30;

/** Sign-ins with a cookie of their own each. The service's own lifetime is 30 days. */
const SIGN_INS: Readonly<Record<string, SignInOptions>> = {
  short: { maxLifetime: SHORT },
  long: { maxLifetime: 3600 },
  closing: { maxLifetime: 3600, persistent: false },
};

const rwt = createRwt<string>({ store: memoryStore(), secret: "a secret of the tests, 32 bytes or more" });

function app(): Hono {
  const made = new Hono();
  for (const [name, options] of Object.entries(SIGN_INS)) {
    const given = { rwt, from: ["cookie"], cookie: { name: `__Host-${name}` } } as const;
    made.get(`/sign-in/${name}`, rwtCarrier<string>(given), async (c) => {
      await signIn(c, name, options);
      return c.text("in");
    });
    made.get(`/${name}`, rwtAuth<string>(given), (c) => c.text(c.var.session.data));
  }
  return made;
}

test("it lasts for the maxLifetime of that sign-in, and no longer", async () => {
  const url = await serveApp(app());
  const profile = mkdtempSync(join(tmpdir(), "rwt-profile-"));
  let browser: BrowserContext | undefined;
  atEnd(async () => {
    await browser?.close();
    rmSync(profile, { recursive: true });
  });
  async function restart(): Promise<BrowserContext> {
    await browser?.close();
    browser = await chromium.launchPersistentContext(profile, { executablePath: chromiumPath });
    return browser;
  }
  const cookies = async (context: BrowserContext): Promise<string[]> =>
    (await context.cookies()).map(({ name }) => name.slice("__Host-".length)).sort();
  async function statuses(context: BrowserContext): Promise<Record<string, number | undefined>> {
    const page = await context.newPage();
    const found: Record<string, number | undefined> = {};
    for (const name of Object.keys(SIGN_INS)) found[name] = (await page.goto(`${url}/${name}`))?.status();
    return found;
  }

  const first = await restart();
  const page = await first.newPage();
  for (const name of Object.keys(SIGN_INS)) await page.goto(`${url}/sign-in/${name}`);
  expect(await cookies(first)).toEqual(["closing", "long", "short"]);
  const kept = await first.cookies();
  const expires = (name: string) => kept.find((one) => one.name === `__Host-${name}`)?.expires ?? 0;
  expect(expires("closing")).toBe(-1);
  expect(expires("long") - expires("short")).toBeGreaterThan(3600 - SHORT - 10);

  const second = await restart();
  expect(await cookies(second)).toEqual(["long", "short"]);
  expect(await statuses(second)).toEqual({ short: 200, long: 200, closing: 401 });
  await expect.poll(() => cookies(second), { timeout: (SHORT + 10) * 1000 }).toEqual(["long"]);
  expect(Date.now() / 1000).toBeGreaterThanOrEqual(expires("short"));

  const third = await restart();
  expect(await cookies(third)).toEqual(["long"]);
  expect(await statuses(third)).toEqual({ short: 401, long: 200, closing: 401 });
});
