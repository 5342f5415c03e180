import { expect, test } from "vitest";
import { ADA } from "../example/client.ts";
import { seriousViolations } from "./axe.ts";
import { device, seesHeading, signIn, statusOf } from "./browser.ts";
import { startExample } from "./example.ts";

const { url, redis } = await startExample();

test("while Redis hangs, people are told to wait; afterwards they are still signed in", async () => {
  const [open, page] = [await device(), await device()];
  for (const one of [open, page]) await signIn(one, url, ADA);
  await open.goto(`${url}/private`);
  redis.freeze();
  const answer = await page.goto(`${url}/private`);
  expect([answer?.status(), answer?.headers()["retry-after"]]).toEqual([503, "5"]);
  await seesHeading(page, "One moment, please");
  expect(await page.content()).not.toContain("Ada Lovelace");
  expect(await seriousViolations(page)).toEqual([]);
  redis.thaw();
  await expect.poll(() => statusOf(page, `${url}/private`)).toBe(200);
  await seesHeading(page, "Private page");
  // Nor did the page that was open all the while take the outage for a log-out.
  await seesHeading(open, "Private page");
});

test("a Redis that stops and comes back empty asks them to sign in again", async () => {
  const page = await device();
  await signIn(page, url, ADA);
  await redis.kill();
  expect(await statusOf(page, `${url}/private`)).toBe(503);
  await redis.restart();
  await expect.poll(() => statusOf(page, `${url}/private`), { timeout: 20_000 }).toBe(401);
  await signIn(page, url, ADA);
  expect(await statusOf(page, `${url}/private`)).toBe(200);
});
