import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ADA } from "../example/client.ts";
import { device, newTab, seesHeading, signIn, statusOf } from "./browser.ts";
import { startExample } from "./example.ts";

const EXPIRE = 4;
const MAX_LIFETIME = 11;
const { url } = await startExample({
  RWT_EXPIRE: String(EXPIRE),
  RWT_MAX_LIFETIME: String(MAX_LIFETIME),
});

test("use restarts the idle timeout but doesn't move the deadline, and the page shows both", async () => {
  const page = await device();
  await signIn(page, url, ADA);
  const signedIn = Date.now();
  const age = () => (Date.now() - signedIn) / 1000;
  const idle = page.locator("[data-idle]");
  const shown = async () => Number(/^(\d+) s/.exec((await idle.textContent()) ?? "")?.[1]);

  const seen: number[] = [];
  while (age() < EXPIRE + 2) {
    expect(await statusOf(page, `${url}/private`)).toBe(200);
    await expect.poll(shown, { timeout: 3_000 }).toBeLessThan(EXPIRE);
    seen.push(await shown());
  }
  // The idle time ran down each time, and each visit restarted it. Otherwise the session wouldn't have lasted this long.
  expect(seen.length).toBeGreaterThan(2);
  expect(await page.getByRole("progressbar").getAttribute("max")).toBe(String(EXPIRE));

  let status: number | undefined = 200;
  while (status === 200 && age() < MAX_LIFETIME + 5) {
    await sleep(300);
    const tab = await newTab(page);
    status = await statusOf(tab, `${url}/private`);
    await tab.close();
  }
  expect(status).toBe(401);
  expect(age()).toBeGreaterThan(MAX_LIFETIME - 2);
  expect(age()).toBeLessThan(MAX_LIFETIME + 3);
});

test("an open page doesn't count as use: it shows the idle time run out, and closes", async () => {
  const page = await device();
  await signIn(page, url, ADA);
  await page.goto(`${url}/private`);
  const opened = Date.now();
  await page.waitForURL(`${url}/?ended`, { timeout: 15_000 });
  await seesHeading(page, "Sign in");
  expect(Date.now() - opened).toBeGreaterThan((EXPIRE - 1.5) * 1000);
});
