import { join } from "node:path";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { actingAs } from "../../src/testing/index.ts";
import { startApp } from "../examples/app-process.ts";
import { exampleCopy } from "../examples/example-copy.ts";
import { ownRedis } from "../support/servers.ts";
import { device } from "./browser.ts";

const RWT_SECRET = "a secret of the tests, 32 bytes or more";

test("a browser with the cookies of actingAs is signed in, and can sign out everywhere", async () => {
  const REDIS_URL = (await ownRedis()).url;
  const origin = await startApp(join(exampleCopy("h3"), "server.ts"), { REDIS_URL, RWT_SECRET });
  // Browsers take Secure cookies from localhost.
  const url = origin.replace("127.0.0.1", "localhost");
  await using rwt = createRwt({ store: ioredisStore(REDIS_URL), secret: RWT_SECRET });
  const { playwright, token } = await actingAs(rwt, { id: "ada", name: "Ada" }, { subject: "ada" });
  const page = await device();
  await page.context().addCookies(playwright(url));
  await page.goto(`${url}/private`);
  await page.getByText("Hello Ada").waitFor();
  expect(await page.context().cookies()).toMatchObject([{ domain: "localhost", value: token }]);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.locator("input[name=password]").waitFor();
  expect(await page.context().cookies()).toEqual([]);
  expect(await rwt.verify(token)).toBeNull();
});
