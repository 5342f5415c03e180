import { expect, test } from "vitest";
import { ADA } from "../example/client.ts";
import { atEnd } from "../support/at-end.ts";
import { seriousViolations } from "./axe.ts";
import { device, seesHeading, signIn, statusOf } from "./browser.ts";
import { startExample } from "./example.ts";

const { url, redis } = await startExample();

/** Runs in the page, and receives the same events as the page's own script, at the same time. */
async function listen(): Promise<{ outage: Promise<void> }> {
  const source = new EventSource("/live");
  const next = (event: string) =>
    new Promise<void>((resolve) => source.addEventListener(event, () => resolve(), { once: true }));
  const outage = next("unknown");
  await next("live");
  return { outage };
}

test("while Redis hangs, pages ask users to wait, and afterwards they are still signed in", async () => {
  const [open, page] = [await device(), await device()];
  for (const one of [open, page]) await signIn(one, url, ADA);
  await open.goto(`${url}/private`);
  const listener = await open.evaluateHandle(listen);
  redis.freeze();
  atEnd(() => redis.thaw());
  const answer = await page.goto(`${url}/private`);
  expect([answer?.status(), answer?.headers()["retry-after"]]).toEqual([503, "5"]);
  await seesHeading(page, "One moment, please");
  expect(await page.content()).not.toContain("Ada Lovelace");
  expect(await seriousViolations(page)).toEqual([]);
  await listener.evaluate(({ outage }) => outage);
  redis.thaw();
  await expect.poll(() => statusOf(page, `${url}/private`)).toBe(200);
  await seesHeading(page, "Private page");
  // The page that was open all the time didn't take the outage for a sign-out either.
  await seesHeading(open, "Private page");
});

test("after Redis has restarted empty, pages ask users to sign in again", async () => {
  const page = await device();
  await signIn(page, url, ADA);
  await redis.kill();
  expect(await statusOf(page, `${url}/private`)).toBe(503);
  await redis.restart();
  await expect.poll(() => statusOf(page, `${url}/private`), { timeout: 20_000 }).toBe(401);
  await signIn(page, url, ADA);
  expect(await statusOf(page, `${url}/private`)).toBe(200);
});
