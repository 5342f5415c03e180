/** The examples in a browser: those that one process serves without a build. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startApp } from "../examples/app-process.ts";
import { exampleCopy } from "../examples/example-copy.ts";
import { ownRedis } from "../support/servers.ts";
import { device } from "./browser.ts";

const EXAMPLES = [
  {
    name: "express",
    file: "server.ts",
    signIn: "/login",
    password: "open sesame",
    devices: "/account",
    account: "/account",
  },
  {
    name: "fastify",
    file: "server.ts",
    signIn: "/login",
    password: "open sesame",
    devices: "/account",
    account: "/account",
  },
  {
    name: "h3",
    file: "app.ts",
    signIn: "/",
    password: "secret",
    devices: "/private/devices",
    account: "/private",
  },
] as const;

describe.each(EXAMPLES)("examples/$name", ({ name, file, signIn, password, devices, account }) => {
  test("a user signs in on two devices, sees both, and signs out everywhere", async () => {
    const redis = await ownRedis();
    const origin = await startApp(join(exampleCopy(name), file), {
      NODE_ENV: "production",
      REDIS_URL: redis.url,
      RWT_SECRET: "a secret of the tests, 32 bytes or more",
    });
    // Browsers take Secure cookies from localhost.
    const url = origin.replace("127.0.0.1", "localhost");
    const [desk, phone] = [await device(), await device()];
    for (const page of [desk, phone]) {
      await page.goto(`${url}${signIn}`);
      await page.locator("input[name=name]").fill("Ada");
      await page.locator("input[name=password]").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("Ada").first().waitFor();
      const [cookie] = await page.context().cookies();
      expect(cookie).toMatchObject({ name: "__Host-rwt", httpOnly: true, secure: true, sameSite: "Lax" });
    }
    await desk.goto(`${url}${devices}`);
    expect(await desk.getByRole("listitem").count()).toBe(2);
    await desk.goto(`${url}${account}`);
    await desk.getByRole("button", { name: /everywhere/i }).click();
    await desk.locator("input[name=password]").waitFor();
    expect(await desk.context().cookies()).toEqual([]);
    const answer = await phone.goto(`${url}${devices}`);
    expect((await phone.locator("input[name=password]").count()) === 1 || answer?.status() === 401).toBe(
      true,
    );
  });
});
