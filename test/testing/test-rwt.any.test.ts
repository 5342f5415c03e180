import { expect, test } from "vitest";
import { requestAuth } from "../../src/request/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { actingAs, testRwt } from "../../src/testing/index.ts";

test("a service whose clock is moved by hand", async () => {
  const { rwt, now, advance } = testRwt<string>({
    expire: 60,
    maxLifetime: 100,
    verifyExtendsToken: true,
    now: 1_800_000_000,
  });
  const token = await rwt.sign("Ada", { subject: "42" });
  advance(59);
  expect((await rwt.verify(token))?.deadline).toBe(1_800_000_100);
  advance(40);
  expect(await rwt.verify(token)).not.toBeNull();
  advance(1);
  expect(await rwt.verify(token)).toBeNull();
  expect(now()).toBe(1_800_000_100);
  expect((await rwt.list("42")).sessions).toEqual([]);
});

test("a user who is signed in, by header, by cookie and in Playwright's form", async () => {
  const { rwt } = testRwt<string>();
  const user = await actingAs(rwt, "Ada", { subject: "42" });
  const { authenticate } = requestAuth<string>({ rwt, from: ["bearer", "cookie"] });
  const { name, value } = user.cookie;
  expect(user.cookieHeaders).toEqual({ Cookie: `${name}=${value}` });
  for (const headers of [user.headers, user.cookieHeaders])
    expect(await authenticate({ method: "GET", headers })).toMatchObject({ data: "Ada", subject: "42" });
  expect(user.playwright("http://localhost:3000")).toEqual([
    {
      name,
      value: user.token,
      domain: "localhost",
      path: "/",
      httpOnly: true,
      secure: true,
      sameSite: "Lax",
    },
  ]);
  for (const domain of ["example.org", ".example.org"]) {
    const shared = await actingAs(rwt, "Ada", { cookie: { name: "sid", domain } });
    expect(shared.cookieHeaders).toEqual({ Cookie: `sid=${shared.token}` });
    expect(shared.playwright("https://a.example.org")[0]).toMatchObject({
      name: "sid",
      domain: ".example.org",
    });
  }
});

test.each([
  [{ store: memoryStore() }, "store"],
  [{ secret: "s".repeat(32) }, "secret"],
  [{ expires: 60 }, "expires"],
  [null, "testRwt's options"],
])("testRwt refuses %j rather than leave it out", (options, option) => {
  expect(() => testRwt(options as never)).toThrow(expect.objectContaining({ option }));
});

test.each(["60", Number.NaN, undefined])("advance(%j) is refused, and the clock stays", (seconds) => {
  const { advance, now } = testRwt({ now: 1_800_000_000 });
  expect(() => advance(seconds as never)).toThrow(expect.objectContaining({ option: "seconds" }));
  expect(now()).toBe(1_800_000_000);
});
