import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { ADA, GRACE } from "../example/client.ts";
import { atEnd } from "../support/at-end.ts";
import { device, seesHeading, signIn, signOut, statusOf } from "./browser.ts";
import { startExample } from "./example.ts";

const { url, service } = await startExample();
const withoutScript = { javaScriptEnabled: false };

describe.each([
  ["with JavaScript", {}],
  ["without JavaScript", withoutScript],
])("%s", (_, options) => {
  test("a user signs in, sees the private page, and signs out", async () => {
    const page = await device(options);
    expect(await statusOf(page, `${url}/private`)).toBe(401);
    await page.getByRole("status").getByText("Please sign in").waitFor();
    await signIn(page, url, ADA);
    await page.getByRole("navigation").getByRole("link", { name: "Private" }).click();
    await seesHeading(page, "Private page");
    expect(await page.getByRole("definition").first().textContent()).toBe("Ada Lovelace");
    expect(await page.getByRole("definition").last().textContent()).toBe("Chrome on Linux");
    await signOut(page, "Ada Lovelace");
    await seesHeading(page, "Sign in");
    expect(await page.context().cookies()).toEqual([]);
  });

  test("a wrong password shows an error, and the name stays filled in", async () => {
    const page = await device(options);
    await page.goto(url);
    await page.getByLabel("User name").fill("ada");
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("The name or the password is wrong.").waitFor();
    expect(await page.getByLabel("User name").inputValue()).toBe("ada");
    expect(await page.getByLabel("Password").inputValue()).toBe("");
  });

  test("the back button shows nothing private after signing out", async () => {
    const page = await device(options);
    await signIn(page, url, ADA);
    for (const path of ["/operator", "/private", "/sessions"]) {
      const answer = await page.goto(url + path);
      expect(answer?.headers()["cache-control"]).toBe("no-store");
    }
    await signOut(page, "Ada Lovelace");
    await seesHeading(page, "Sign in");
    for (let back = 0; back < 3; back++) {
      await page.goBack();
      await seesHeading(page, "Sign in");
      expect(await page.content()).not.toContain("Ada Lovelace");
    }
  });
});

test("the cookie is for this host only, and scripts and other sites can't use it", async () => {
  const page = await device();
  await signIn(page, url, ADA);
  const cookies = await page.context().cookies();
  expect(cookies).toEqual([
    expect.objectContaining({
      name: "__Host-rwt",
      value: expect.stringMatching(/^rwt_[\w-]{76}$/),
      // Without a leading dot, so it has no Domain, as __Host- requires.
      domain: "localhost",
      path: "/",
      httpOnly: true,
      secure: true,
      sameSite: "Lax",
    }),
  ]);
  const [{ expires, value } = { expires: 0, value: "" }] = cookies;
  expect(Math.abs(expires - Date.now() / 1000 - 43_200)).toBeLessThan(60);
  expect(await page.evaluate("document.cookie")).toBe("");
  expect(page.url() + service.output()).not.toContain(value);
});

// Another site, whose posts carry no Lax cookie, and another origin of the same site, whose posts do.
test.each(["127.0.0.1", "localhost"])("a form posted by a page on %s is refused", async (host) => {
  const page = await device();
  await signIn(page, url, ADA);
  const trap = (path: string) =>
    `<form method="post" action="${url}${path}"><input name="user" value="grace">
     <input name="password" value="hopper"></form><script>document.forms[0].submit()</script>`;
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html").end(trap(request.url ?? ""));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  atEnd(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const path of ["/logout", "/sessions/end-others", "/login", "/operator/end-all"]) {
    const answered = page.waitForResponse(url + path);
    await page.goto(`http://${host}:${port}${path}`);
    expect((await answered).status()).toBe(403);
    await seesHeading(page, "Not from here");
  }
  await page.goto(url);
  await seesHeading(page, "Hello, Ada Lovelace");
});

test("only operators can open the operator's page", async () => {
  const [operator, user] = [await device(withoutScript), await device(withoutScript)];
  await signIn(operator, url, ADA);
  await signIn(user, url, GRACE);
  expect(await user.getByRole("link", { name: "Operator" }).count()).toBe(0);
  expect(await statusOf(user, `${url}/operator`)).toBe(403);
  await seesHeading(user, "Not for you");

  await operator.getByRole("navigation").getByRole("link", { name: "Operator" }).click();
  await seesHeading(operator, "Status");
  expect(Number(await operator.getByRole("cell").nth(1).textContent())).toBeGreaterThan(0);
  expect(await operator.getByRole("img", { name: /^Tokens signed/ }).isVisible()).toBe(true);
  // The page asks for confirmation, and afterwards there is nothing left to end.
  await operator.getByText("End all").last().click();
  await operator.getByRole("button", { name: "Yes, sign grace out everywhere" }).click();
  await operator.getByText("0 sessions").waitFor();
  expect(await operator.getByRole("button", { name: "End all: grace" }).isDisabled()).toBe(true);
  expect(await statusOf(user, url)).toBe(200);
  await seesHeading(user, "Sign in");
});
