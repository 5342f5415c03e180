import { beforeEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { python, pythonMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import {
  type Answer,
  AUTH,
  admin,
  bearer,
  cookie,
  cookieOf,
  FRAMEWORKS,
  HOST,
  json,
  PYTHON_AUTH,
  refusalOf,
  relevant,
  rwt,
  type Sent,
  secret,
  startApp,
  type Tokens,
  tokens,
} from "./python-app.ts";

const CARRIED: readonly [string, (tokens: Tokens) => Record<string, string>][] = [
  ["nothing", () => ({})],
  ["another scheme", () => ({ authorization: "Basic YTpi" })],
  ["a live bearer", ({ live }) => bearer(live)],
  ["a live bearer in another case, with blanks", ({ live }) => ({ authorization: `bEARER   ${live}  ` })],
  ["a scheme without a token", () => ({ authorization: "Bearer" })],
  ["two words", ({ live }) => bearer(`${live} x`)],
  ["a scheme that only begins so", ({ live }) => ({ authorization: `Bearers ${live}` })],
  ["a forged bearer", ({ forged }) => bearer(forged)],
  ["a dead bearer", ({ dead }) => bearer(dead)],
  ["a bearer and a header", ({ live }) => ({ ...bearer(live), "x-access-token": live })],
  ["a live header", ({ live }) => ({ "x-access-token": live })],
  ["a dead header beside a live cookie", ({ live, dead }) => ({ "x-access-token": dead, ...cookie(live) })],
  ["a live cookie", ({ live }) => cookie(live)],
  ["a quoted cookie among others", ({ live }) => ({ cookie: `a=b; __Host-rwt = "${live}" ;c=d` })],
  ["a dead cookie", ({ dead }) => cookie(dead)],
  ["a dead and a live cookie", ({ dead, live }) => cookie(dead, live)],
  ["many forged cookies and a live one", ({ forged, live }) => cookie("1", "2", forged, "4", "5", live)],
  [
    "a cookie within another's quotes",
    ({ live }) => ({ cookie: `a="x; __Host-rwt=${live}"; __Host-rwtx=${live}` }),
  ],
  ["a cookie of another name", ({ live }) => ({ cookie: `x__Host-rwt=${live}; __host-rwt=${live}` })],
];

const CROSS: readonly [string, Sent][] = [
  ["no browser", { method: "POST" }],
  [
    "the same origin",
    { method: "POST", headers: { origin: `https://${HOST}`, "sec-fetch-site": "same-origin" } },
  ],
  ["the same host on http", { method: "POST", headers: { origin: `http://${HOST}` } }],
  ["the default port", { method: "POST", headers: { origin: `https://${HOST}:443` } }],
  ["another port", { method: "POST", headers: { origin: `https://${HOST}:8443` } }],
  ["another site", { method: "POST", headers: { origin: "https://evil.example" } }],
  ["another site by Sec-Fetch-Site alone", { method: "POST", headers: { "sec-fetch-site": "cross-site" } }],
  ["a sibling host", { method: "POST", headers: { "sec-fetch-site": "same-site" } }],
  ["a bookmark", { method: "POST", headers: { "sec-fetch-site": "none" } }],
  ["a sandboxed page", { method: "POST", headers: { origin: "null" } }],
  [
    "a page without a referrer",
    { method: "POST", headers: { origin: "null", "sec-fetch-site": "same-origin" } },
  ],
  [
    "an allowed origin",
    { method: "POST", headers: { origin: "https://APP.example:443", "sec-fetch-site": "cross-site" } },
  ],
  ["an app's origin", { method: "POST", headers: { origin: "capacitor://localhost" } }],
  ["an allowed path", { method: "POST", path: "/hook?x=1", headers: { origin: "https://evil.example" } }],
  [
    "an allowed path, encoded",
    { method: "POST", path: "/r%C3%BCckruf", headers: { origin: "https://evil.example" } },
  ],
  ["a longer path", { method: "POST", path: "/hooks", headers: { origin: "https://evil.example" } }],
  ["a GET of another site", { headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" } }],
  ["a broken origin", { method: "POST", headers: { origin: `https://${HOST}/path` } }],
  ["a host of another host's name", { method: "POST", headers: { origin: `https://${HOST}.evil.example` } }],
];

describe.skipIf(python === undefined).each(FRAMEWORKS)(
  `requests to %s${pythonMissing}`,
  async (framework) => {
    const app = python === undefined ? async () => ({}) as Answer : await startApp(framework, PYTHON_AUTH);
    beforeEach(() => admin.flushall());

    async function same(sent: Sent): Promise<void> {
      const expected = await refusalOf(AUTH, sent);
      const answer = await app(sent);
      if (expected !== null) return expect(answer).toEqual(expected);
      expect(answer).toMatchObject({
        status: 200,
        body: '{"id":1}'.replace(":", answer.body.includes(": ") ? ": " : ":"),
      });
      expect(answer.headers["cache-control"]).toBe("no-store");
    }

    test.each(CARRIED)("are answered as in TypeScript, with %s", async (_, headersOf) => {
      await same({ headers: headersOf(await tokens()) });
    });

    test.each(CROSS)("are answered as in TypeScript, from %s", async (_, sent) => {
      const { live } = await tokens();
      await same({ ...sent, headers: { ...sent.headers, ...cookie(live) } });
      await same({ ...sent, headers: { ...sent.headers, ...bearer(live) } });
    });

    const posted = (path: string, headers: Record<string, string> = {}) =>
      app({ method: "POST", path, headers });

    test.each([
      [{}, {}],
      [{ persistent: true }, { persistent: true }],
      [{ persistent: false }, { persistent: false }],
      [
        { max_lifetime: 600, subject: "émilie", meta: { device: "iPad" } },
        { maxLifetime: 600, subject: "émilie", meta: { device: "iPad" } },
      ],
    ])("sign_in with %j sets TypeScript's cookie, and ends the sessions before", async (theirs, ours) => {
      const { live } = await tokens();
      const query = Object.entries({ data: { id: 1 }, ...theirs }).map(
        ([name, value]) => `${name}=${json(value)}`,
      );
      const answer = await posted(`/sign-in?${query.join("&")}`, cookie(live));
      const expected = await requestAuth({ rwt, ...AUTH }).signIn(
        { method: "POST", headers: { host: HOST } },
        { id: 1 },
        ours,
      );
      if (expected instanceof Response) throw new Error("refused");
      const [, token = "", attributes] = cookieOf(answer) ?? [];
      expect(`__Host-rwt=${expected.token}; ${attributes}`).toBe(expected.headers.get("Set-Cookie"));
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(JSON.parse(answer.body)).toMatchObject({ token });
      const { issuedAt, deadline, ...session } = (await rwt.verify(token)) ?? {};
      expect(await rwt.verify(expected.token)).toMatchObject(session);
      expect(await rwt.verify(live)).toBeNull();
    });

    test("sign_out ends every session that the request came with, and clears the cookie", async () => {
      const { live } = await tokens();
      const other = await rwt.sign(1);
      const answer = await posted("/sign-out", { ...cookie(live), "x-access-token": other });
      const expected = await requestAuth({ rwt, ...AUTH }).signOut({
        method: "POST",
        headers: { host: HOST },
      });
      if (expected instanceof Response) throw new Error("refused");
      expect(answer.headers["set-cookie"]).toBe(expected.headers.get("Set-Cookie"));
      expect(JSON.parse(answer.body)).toMatchObject({ ended: true });
      expect([await rwt.verify(live), await rwt.verify(other)]).toEqual([null, null]);
      expect(JSON.parse((await posted("/sign-out", cookie(live))).body)).toMatchObject({ ended: false });
    });

    test("rotate_session sets the same kind of cookie, and leaves the old token 10 seconds", async () => {
      const signedIn = await posted(`/sign-in?data=${json({ id: 1 })}&persistent=false`);
      const [, old = ""] = cookieOf(signedIn) ?? [];
      const [, token = "", attributes] = cookieOf(await posted("/rotate", cookie(old))) ?? [];
      expect(attributes).not.toContain("Max-Age");
      expect([(await rwt.verify(token))?.data, (await rwt.verify(old))?.data]).toEqual([
        { id: 1 },
        { id: 1 },
      ]);
      const third = await posted("/rotate?retry=false", bearer(token));
      expect([await rwt.verify(token), (await rwt.verify(JSON.parse(third.body).token))?.data]).toEqual([
        null,
        { id: 1 },
      ]);
      await same({ path: "/me", headers: cookie(token) });
    });

    test("list_sessions and end_other_sessions concern the request's own user", async () => {
      const { live } = await tokens();
      const other = await rwt.sign(2, { subject: "42" });
      const listed = JSON.parse((await app({ path: "/list", headers: bearer(live) })).body);
      expect(listed.current.toSorted()).toEqual([false, true]);
      expect(JSON.parse((await posted("/end-others", bearer(live))).body)).toMatchObject({ ended: true });
      expect([await rwt.verify(other), (await rwt.verify(live))?.data]).toEqual([null, { id: 1 }]);
    });

    test("sign_out_everywhere ends the user's sessions, or the one of no user, and clears the cookie", async () => {
      const { live } = await tokens();
      const [same, another] = [await rwt.sign(2, { subject: "42" }), await rwt.sign(3, { subject: "43" })];
      const carried = { ...cookie(live), "x-access-token": another };
      const answer = await posted("/sign-out-everywhere", carried);
      expect(JSON.parse(answer.body)).toMatchObject({ ended: true });
      expect(answer.headers["set-cookie"]).toBe(
        "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
      );
      expect([await rwt.verify(live), await rwt.verify(same), await rwt.verify(another)]).toEqual([
        null,
        null,
        null,
      ]);
      const alone = await rwt.sign(4);
      expect(JSON.parse((await posted("/sign-out-everywhere", cookie(alone))).body)).toMatchObject({
        ended: true,
      });
      expect(await rwt.verify(alone)).toBeNull();
    });

    test("every call refuses another site's page, and two tokens", async () => {
      const { live } = await tokens();
      const foreign = { ...cookie(live), origin: "https://evil.example" };
      const twice = { ...bearer(live), "x-access-token": live };
      for (const path of [
        "/sign-in?data=1",
        "/sign-out",
        "/sign-out-everywhere",
        "/rotate",
        "/reauthenticate?auth={}",
        "/list",
        "/end-others",
      ]) {
        expect(await posted(path, foreign)).toEqual(
          await refusalOf(AUTH, { method: "POST", path, headers: foreign }),
        );
        expect(await posted(path, twice)).toEqual(await refusalOf(AUTH, { headers: twice }));
      }
      expect((await rwt.verify(live))?.data).toEqual({ id: 1 });
    });
  },
);

describe.skipIf(python === undefined).each(FRAMEWORKS)(`an outage, to %s${pythonMissing}`, (framework) => {
  test("is a 503 as in TypeScript, and a sign-out still clears the cookie", async () => {
    const own = await ownRedis();
    const app = await startApp(framework, PYTHON_AUTH, own.url);
    const service = createRwt({ store: ioredisStore(own.url, { timeout: 500 }), secret });
    atEnd(() => service.disconnect());
    const headers = cookie(await service.sign(1));
    await own.kill();
    const ours = requestAuth({ rwt: service, ...AUTH });
    const source = { method: "POST", headers: { host: HOST, ...headers } };
    for (const [path, expected] of [
      ["/me", await ours.authenticate(source)],
      ["/sign-in?data=1", await ours.signIn(source, 1)],
      ["/sign-out", await ours.signOut(source)],
    ] as const) {
      if (!(expected instanceof Response)) throw new Error("not refused");
      expect(await app({ method: "POST", path, headers })).toEqual({
        status: 503,
        headers: relevant(expected.headers),
        body: await expected.text(),
      });
    }
  });
});

describe.skipIf(python === undefined).each(FRAMEWORKS)(
  `optional sessions in %s${pythonMissing}`,
  (framework) => {
    test("let requests without a live token through, and no others", async () => {
      const app = await startApp(framework, { ...PYTHON_AUTH, optional: true });
      const { live, dead } = await tokens();
      for (const headers of [{}, cookie(dead)])
        expect(await app({ headers })).toMatchObject({ status: 200, body: "null" });
      expect(JSON.parse((await app({ headers: cookie(live) })).body)).toEqual({ id: 1 });
      expect((await app({ headers: { ...bearer(live), "x-access-token": live } })).status).toBe(400);
    });
  },
);
