import { describe, expect, test } from "vitest";
import { GRACE } from "../example/client.ts";
import { startService } from "../example/service.ts";
import { device, seesHeading, signIn } from "./browser.ts";
import { startExample } from "./example.ts";

const { url } = await startExample();

const THROWN_OUT = { timeout: 15_000 };

describe("a session that is ended elsewhere", () => {
  test("closes its open page, and no other", async () => {
    const phone = await device({
      userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
    });
    const tablet = await device({ userAgent: "a tablet" });
    const desk = await device();
    for (const page of [phone, tablet, desk]) await signIn(page, url, GRACE);
    await phone.goto(`${url}/private`);
    await tablet.goto(`${url}/private`);
    await desk.goto(`${url}/sessions`);
    expect(await desk.getByRole("listitem").filter({ hasText: "(this device)" }).count()).toBe(1);
    await desk.getByRole("button", { name: "Sign out: Safari on an iPhone" }).click();
    await phone.waitForURL(`${url}/?ended`, THROWN_OUT);
    await phone.getByRole("status").getByText("Your session has ended.").waitFor();
    await phone.goBack();
    await seesHeading(phone, "Sign in");
    expect(await phone.content()).not.toContain("Grace Hopper");

    await seesHeading(tablet, "Private page");
    await desk.getByRole("button", { name: "Sign out all other devices" }).click();
    await tablet.waitForURL(`${url}/?ended`, THROWN_OUT);
    await desk.reload();
    await seesHeading(desk, "Where you are signed in");
    await desk.getByText("You aren't signed in anywhere else.").waitFor();
  });

  test("closes the page on Node too", async () => {
    const { url } = await startService("node");
    const [open, other] = [await device(), await device()];
    for (const page of [open, other]) await signIn(page, url, GRACE);
    await other.goto(`${url}/sessions`);
    await other.getByRole("button", { name: "Sign out all other devices" }).click();
    await open.waitForURL(`${url}/?ended`, THROWN_OUT);
  });

  test("shows on the next click without JavaScript", async () => {
    const [open, other] = [await device({ javaScriptEnabled: false }), await device()];
    for (const page of [open, other]) await signIn(page, url, GRACE);
    await other.goto(`${url}/sessions`);
    await other.getByRole("button", { name: "Sign out all other devices" }).click();
    await other.getByText("You aren't signed in anywhere else.").waitFor();
    await open.getByRole("navigation").getByRole("link", { name: "Private" }).click();
    await seesHeading(open, "Sign in");
  });
});
