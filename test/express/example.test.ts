/** examples/express as a browser uses it, in both majors of Express. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startApp } from "../examples/app-process.ts";
import { exampleCopy } from "../examples/example-copy.ts";
import { ownRedis } from "../support/servers.ts";
import { cookieOf } from "./fixture.ts";

const redis = await ownRedis();

async function start(library: string): Promise<string> {
  const folder = exampleCopy("express");
  const app = join(folder, "app.ts");
  writeFileSync(app, readFileSync(app, "utf8").replace('from "express"', `from "${library}"`));
  return startApp(join(folder, "server.ts"), {
    NODE_ENV: "production",
    REDIS_URL: redis.url,
    RWT_SECRET: "a secret of the tests, 32 bytes or more",
  });
}

const majors = [
  ["express", await start("express")],
  ["express-5", await start("express-5")],
] as const;

describe.each(majors)("%s", (_, origin) => {
  const get = (path: string, Cookie = ""): Promise<Response> =>
    fetch(origin + path, { headers: { Cookie, "Sec-Fetch-Site": "cross-site" }, redirect: "manual" });
  const post = (path: string, Cookie = "", body = "", site = "same-origin"): Promise<Response> =>
    fetch(origin + path, {
      method: "POST",
      headers: {
        Cookie,
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": site,
        "User-Agent": "<b>Browser</b>",
      },
      body,
      redirect: "manual",
    });
  const signIn = async (name = "Ada"): Promise<string> =>
    cookieOf(await post("/login", "", `name=${name}&password=open+sesame`));
  const going = (answer: Response): [number, string | null] => [
    answer.status,
    answer.headers.get("Location"),
  ];

  test("asks strangers to sign in, and refuses a wrong password", async () => {
    expect(await (await get("/login")).text()).toContain("<form");
    expect(going(await get("/account"))).toEqual([303, "/login"]);
    expect(going(await get("/account", "__Host-rwt=rwt_forged"))).toEqual([303, "/login"]);
    const wrong = await post("/login", "", "name=Ada&password=no");
    expect([...going(wrong), cookieOf(wrong)]).toEqual([303, "/login?wrong", ""]);
    expect(await (await get("/login?wrong")).text()).toContain("Wrong name or password");
  });

  test("shows the private page and the devices, also to a user who follows a link", async () => {
    const cookie = await signIn("<i>Eve");
    const page = await (await get("/account", cookie)).text();
    expect(page).toContain("(this device)");
    expect(page).toContain("&#60;b&#62;Browser");
    expect(page).not.toMatch(/<b>|<i>/);
    expect(page).toContain("Hello, &#60;i&#62;Eve");
  });

  test("signs out here, and everywhere", async () => {
    const [desk, phone, tablet] = [await signIn(), await signIn(), await signIn()];
    expect((await post("/logout", desk, "", "cross-site")).status).toBe(403);
    expect(going(await post("/logout", desk))).toEqual([303, "/login"]);
    expect(going(await get("/account", desk))).toEqual([303, "/login"]);
    expect((await post("/logout-everywhere", phone, "", "cross-site")).status).toBe(403);
    const everywhere = await post("/logout-everywhere", phone);
    expect([...going(everywhere), cookieOf(everywhere)]).toEqual([303, "/login", "__Host-rwt="]);
    for (const cookie of [phone, tablet]) expect((await get("/account", cookie)).status).toBe(303);
  });

  test("replaces the token when the password is confirmed, and not for a wrong one", async () => {
    const before = await signIn();
    const confirm = (password: string, site?: string) =>
      post("/confirm", before, `password=${password}`, site);
    expect((await confirm("open+sesame", "cross-site")).status).toBe(403);
    const wrong = await confirm("guess");
    expect([...going(wrong), cookieOf(wrong)]).toEqual([303, "/account?wrong", ""]);
    const right = await confirm("open+sesame");
    expect(going(right)).toEqual([303, "/account"]);
    expect((await get("/account", cookieOf(right))).status).toBe(200);
    expect(going(await get("/account", before))).toEqual([303, "/login"]);
    expect((await post("/confirm", before, "password=open+sesame")).status).toBe(401);
  });
});
