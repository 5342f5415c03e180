/** An independent client of the RFCs, over real HTTP, with a real Redis. */
import { Hono } from "hono";
import { Redis } from "ioredis";
import * as oauth from "oauth4webapi";
import { beforeEach, describe, expect, test } from "vitest";
import { type RouteFailure, rwtRoutes } from "../../src/hono-routes/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { createTimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { atEnd } from "../support/at-end.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { serveApp } from "../support/serve-app.ts";
import { ownRedis } from "../support/servers.ts";
import { billing, mail, secret } from "./fixture.ts";
import { oauthClient, refused } from "./oauth-client.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
const time = createTimeMachine(tcpSender(admin));
const rwt = createRwt<{ name: string }>({
  store: ioredisStore(redis.url, { timeout: 10_000 }),
  secret,
  now: time.now,
  expire: 100,
  verifyExtendsToken: true,
}).with(sessions());
atEnd(async () => {
  admin.disconnect();
  await rwt.disconnect();
});

const failures: RouteFailure[] = [];
const app = new Hono();
app.route(
  "/oauth",
  rwtRoutes({
    rwt,
    clients: [billing, mail, { id: "looker", secret: "l".repeat(40), may: ["introspect"] }],
    onFailure(_, failure) {
      failures.push(failure);
      return failure.response;
    },
  }),
);
const origin = await serveApp(app);
const clientOf = (id: string, auth: oauth.ClientAuth) => oauthClient(origin, id, auth);
const byBearer =
  (secret: string): oauth.ClientAuth =>
  (_as, _client, _body, headers) =>
    headers.set("Authorization", `Bearer ${secret}`);

const [mailSecret = "", olderMailSecret = ""] = mail.secret;
const ways = [
  ["client_secret_basic", clientOf(billing.id, oauth.ClientSecretBasic(billing.secret))],
  ["client_secret_basic, a name to encode", clientOf(mail.id, oauth.ClientSecretBasic(mailSecret))],
  ["client_secret_basic, the secret before", clientOf(mail.id, oauth.ClientSecretBasic(olderMailSecret))],
  ["a Bearer secret", clientOf(billing.id, byBearer(billing.secret))],
] as const;
const [[, client]] = ways;

beforeEach(() => {
  failures.length = 0;
});

describe.each(ways)("by %s", (_, { introspect, revoke }) => {
  test("a live token is introspected, revoked, and then inactive for everyone", async () => {
    const token = await rwt.sign({ name: "Ada" }, { subject: "42" });
    const session = await rwt.verify(token);
    expect(await introspect(token)).toEqual({
      active: true,
      token_type: "Bearer",
      sub: "42",
      iat: session?.issuedAt,
      exp: session?.deadline,
      sid: await rwt.idOf(token),
    });
    expect(await revoke(token)).toBeUndefined();
    expect(await rwt.verify(token)).toBeNull();
    expect(await introspect(token)).toEqual({ active: false });
    expect(await revoke(token, { token_type_hint: "refresh_token" })).toBeUndefined();
  });
});

test("a string that never was a token is inactive, and revoking it succeeds", async () => {
  expect(await client.introspect("45ghiukldjahdnhzdauz")).toEqual({ active: false });
  expect(await client.revoke("45ghiukldjahdnhzdauz")).toBeUndefined();
});

test("an introspection counts as use of the session, like the service's verify", async () => {
  const token = await rwt.sign({ name: "Ada" });
  for (let i = 0; i < 3; i++) {
    await time.advance(60);
    expect(await client.introspect(token)).toMatchObject({ active: true });
  }
  await time.advance(101);
  expect(await client.introspect(token)).toEqual({ active: false });
});

describe("the client library understands refusals", () => {
  test.each<[string, string, oauth.ClientAuth, string]>([
    ["a wrong secret", billing.id, oauth.ClientSecretBasic("x".repeat(44)), "basic"],
    ["another client's secret", billing.id, oauth.ClientSecretBasic(mailSecret), "basic"],
    ["an unknown client", "nobody", oauth.ClientSecretBasic(billing.secret), "basic"],
    ["a wrong Bearer secret", billing.id, byBearer("x".repeat(44)), "bearer"],
    ["no credentials", billing.id, oauth.None(), "basic"],
    ["a secret in the form", billing.id, oauth.ClientSecretPost(billing.secret), "basic"],
  ])("%s: 401, with a challenge", async (_, id, auth, scheme) => {
    const token = await rwt.sign({ name: "Ada" });
    const { introspect, revoke } = clientOf(id, auth);
    for (const call of [introspect, revoke]) {
      const error = await refused(call(token));
      expect(error).toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
      const { status, cause } = error as oauth.WWWAuthenticateChallengeError;
      expect([status, cause[0]?.scheme, cause[0]?.parameters.realm]).toEqual([401, scheme, "clients"]);
    }
    expect(await rwt.verify(token)).not.toBeNull();
    expectNoLeak(failures, { token, secret: billing.secret, other: mailSecret });
  });

  test("a client that may only introspect: 403, unauthorized_client", async () => {
    const token = await rwt.sign({ name: "Ada" });
    const looker = clientOf("looker", oauth.ClientSecretBasic("l".repeat(40)));
    expect(await looker.introspect(token)).toMatchObject({ active: true });
    const error = await refused(looker.revoke(token));
    expect(error).toBeInstanceOf(oauth.ResponseBodyError);
    expect(error).toMatchObject({ status: 403, error: "unauthorized_client" });
    expect(await rwt.verify(token)).not.toBeNull();
  });

  test("an empty token: 400, invalid_request", async () => {
    const auth: oauth.ClientAuth = (as, client, body, headers) => {
      body.delete("token");
      return oauth.ClientSecretBasic(billing.secret)(as, client, body, headers);
    };
    const error = await refused(clientOf(billing.id, auth).introspect("x"));
    expect(error).toMatchObject({ status: 400, error: "invalid_request" });
  });
});

test("100 concurrent calls, a third of which revoke, each get their own answer", async () => {
  const names = Array.from({ length: 100 }, (_, i) => `user ${i}`);
  const tokens = await Promise.all(names.map((name) => rwt.sign({ name }, { subject: name })));
  const answers = await Promise.all(
    tokens.map(async (token, i) => {
      if (i % 3 === 0) await client.revoke(token);
      return client.introspect(token);
    }),
  );
  answers.forEach((answer, i) => {
    expect(answer).toMatchObject(i % 3 === 0 ? { active: false } : { active: true, sub: names[i] });
  });
});

test("concurrent revocations of one token all succeed", async () => {
  const token = await rwt.sign({ name: "Ada" });
  const answers = Promise.all(Array.from({ length: 20 }, () => client.revoke(token)));
  expect(new Set(await answers)).toEqual(new Set([undefined]));
  expect(await client.introspect(token)).toEqual({ active: false });
});
