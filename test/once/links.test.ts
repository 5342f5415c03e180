/**
 * The races that real projects had with links that are good for one use: several requests each found the token before the first one
 * removed it (better-auth 9572, authentik 19967, mattermost 34245), and scanners of mail used up links that people hadn't opened
 * (rallly 909).
 */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { createOnce } from "../../src/once/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const rest = await ownRest(redis);

/** An app with magic links and password resets, on a server of its own. */
async function appOn(store: TokenStore) {
  atEnd(() => store.disconnect());
  const rwt = createRwt<{ id: string }>({ store, secret }).with(sessions());
  const links = createOnce<null>({ store, secret, purpose: "magic-link", expire: 900 });
  const resets = createOnce<null>({ store, secret, purpose: "password-reset", expire: 900 });
  const passwords: string[] = [];
  const app = new Hono();
  app.get("/sign-in", async (c) =>
    (await links.peek(c.req.query("token"))) === null ? c.text("expired", 410) : c.text("<button>"),
  );
  app.post("/sign-in", async (c) => {
    const found = await links.consume(String((await c.req.parseBody()).token));
    if (found?.subject === undefined) return c.text("expired", 410);
    return c.text(await rwt.sign({ id: found.subject }, { subject: found.subject }));
  });
  app.post("/reset", async (c) => {
    const form = await c.req.parseBody();
    const found = await resets.consume(String(form.token));
    if (found?.subject === undefined) return c.text("expired", 410);
    passwords.push(String(form.password));
    await rwt.destroyAll(found.subject);
    return c.text("changed");
  });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started));
  });
  atEnd(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : expect.fail("no port");
  return { origin: `http://127.0.0.1:${port}`, rwt, links, resets, passwords };
}

const apps = [
  await appOn(ioredisStore(redis.url)),
  await appOn(upstashStore({ url: rest.url, token: rest.token })),
] as const;
const [app, other] = apps;

const post = (origin: string, path: string, fields: Record<string, string>): Promise<Response> =>
  fetch(origin + path, { method: "POST", body: new URLSearchParams(fields) });

/** Posts a form many times at once, to both apps in turn. */
const race = (path: string, fieldsOf: (i: number) => Record<string, string>): Promise<Response[]> =>
  Promise.all(
    Array.from({ length: 60 }, (_, i) => post((i % 2 === 0 ? app : other).origin, path, fieldsOf(i))),
  );

describe.each([false, true])("with replaces: %s", (replaces) => {
  test("a magic link that is opened in many places at once signs in once", async () => {
    const subject = `ada ${replaces}`;
    const token = await app.links.issue(null, { subject, replaces });
    const responses = await race("/sign-in", () => ({ token }));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await app.rwt.list(subject)).sessions).toHaveLength(1);
  });

  test("a reset link sets one of the passwords that are sent at once", async () => {
    const token = await other.resets.issue(null, { subject: "ada", replaces });
    const before = [...app.passwords, ...other.passwords].length;
    const responses = await race("/reset", (i) => ({ token, password: `password ${i}` }));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect([...app.passwords, ...other.passwords]).toHaveLength(before + 1);
  });

  test("a scanner that opens the link any number of times, and HEADs it, leaves it good", async () => {
    const token = await app.links.issue(null, { subject: "ada", replaces });
    const link = `${app.origin}/sign-in?token=${token}`;
    for (const method of ["GET", "HEAD", "GET"]) expect((await fetch(link, { method })).status).toBe(200);
    expect((await post(other.origin, "/sign-in", { token })).status).toBe(200);
    expect((await fetch(link)).status).toBe(410);
  });
});

test("a link of one kind doesn't work as another", async () => {
  const token = await app.links.issue(null, { subject: "ada" });
  expect((await post(app.origin, "/reset", { token, password: "stolen" })).status).toBe(410);
  expect((await post(app.origin, "/sign-in", { token })).status).toBe(200);
});
