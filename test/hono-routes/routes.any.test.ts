import type { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { forged } from "../support/forged.ts";
import { ada, appWith, basic, mail, post, rwt, secret, store, time, type User } from "./fixture.ts";

const app = appWith();
const INACTIVE = { active: false };

const json = async (response: Response | Promise<Response>): Promise<unknown> => (await response).json();
const introspect = (token: string, of: Pick<Hono, "request"> = app) =>
  json(post(of, "/introspect", { token }));

describe("/introspect", () => {
  test("returns a live token's subject, start and deadline, and the session id that list shows", async () => {
    const token = await rwt.sign(ada, { subject: "42", meta: { device: "iPad" } });
    const response = await post(app, "/introspect", { token });
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const session = await rwt.verify(token);
    const [listed] = (await rwt.list("42")).sessions;
    expect(await response.json()).toEqual({
      active: true,
      token_type: "Bearer",
      sub: "42",
      iat: session?.issuedAt,
      exp: session?.deadline,
      sid: listed?.id,
    });
  });

  test("says how and when the user signed in, and who acts as them, if that is known", async () => {
    const act = { sub: "support-7", act: { sub: "bot" } };
    const at = Math.floor(time.now()) - 5;
    const token = await rwt.sign(ada, { auth: { at, amr: ["pwd", "otp"], acr: "2" }, act });
    const claims = () => ({ act: { sub: "nobody" }, auth_time: 1, acr: "9", amr: [] });
    expect(await introspect(token, appWith({ claims }))).toMatchObject({
      auth_time: at,
      amr: ["pwd", "otp"],
      acr: "2",
      act,
    });
    const fresh = await rwt.reauthenticate(token, {});
    const answer = (await introspect(`${fresh}`)) as Record<string, unknown>;
    expect([answer.auth_time, answer.amr, answer.acr, answer.act]).toEqual([
      Math.floor(time.now()),
      undefined,
      undefined,
      act,
    ]);
  });

  test("returns the same sid for every token of a session, also after a new secret was added", async () => {
    const first = await rwt.sign(ada, { subject: "rotated" });
    const second = (await rwt.rotate(first, { grace: 60 })) ?? "";
    const third = (await rwt.rotate(second, { grace: 60 })) ?? "";
    const { sid } = (await introspect(third)) as { sid: string };
    expect(sid).toBe((await rwt.list("rotated")).sessions[0]?.id);
    expect(await introspect(second)).toMatchObject({ active: true, sid });
    const later = createRwt<User>({ store, secret: ["n".repeat(32), secret], now: time.now }).with(
      sessions(),
    );
    expect(await introspect(third, appWith({ rwt: later }))).toMatchObject({
      active: true,
      sub: "rotated",
      sid,
    });
    expect(await introspect(first)).toEqual(INACTIVE);
  });

  test("has no sub without a subject, and no sid without sessions()", async () => {
    const token = await rwt.sign(ada);
    const plain = appWith({ rwt: createRwt<User>({ store, secret, now: time.now }) });
    const answer = await introspect(token, plain);
    expect(Object.keys(answer as object).sort()).toEqual(["active", "exp", "iat", "token_type"]);
  });

  test.each([
    ["junk", async () => "junk"],
    ["a forged one", async () => forged(await rwt.sign(ada))],
    ["one of another format", async () => "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"],
    ["one that was signed with another secret", () => createRwt({ store, secret: "o".repeat(40) }).sign(1)],
    [
      "a destroyed one",
      async () => {
        const token = await rwt.sign(ada, { subject: "gone" });
        await rwt.destroy(token);
        return token;
      },
    ],
  ])("says only that %s isn't active", async (_, make) => {
    const response = await post(app, "/introspect", { token: await make() });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(INACTIVE);
  });

  test("says so of an idle one, and of one past its deadline", async () => {
    const short = createRwt<User>({ store, secret, now: time.now, maxLifetime: 500 });
    const [idle, dead] = [await rwt.sign(ada, { expire: 60 }), await short.sign(ada)];
    await time.advance(61);
    expect([await introspect(idle), await introspect(dead)]).toEqual([
      INACTIVE,
      expect.objectContaining({ active: true }),
    ]);
    await time.advance(500);
    expect(await introspect(dead)).toEqual(INACTIVE);
  });

  test("restarts the idle timeout only if the service's verify does", async () => {
    const options = { store, secret, now: time.now, expire: 100 };
    for (const verifyExtendsToken of [true, false]) {
      const service = createRwt<User>({ ...options, verifyExtendsToken });
      const token = await service.sign(ada);
      const own = appWith({ rwt: service });
      await time.advance(60);
      expect(await introspect(token, own)).toMatchObject({ active: true });
      await time.advance(60);
      expect(await introspect(token, own)).toMatchObject({ active: verifyExtendsToken });
    }
  });

  test("returns nothing about the user, unless claims does, which gets the client", async () => {
    const token = await rwt.sign(ada, { subject: "42", meta: { device: "iPad" } });
    expect(JSON.stringify(await introspect(token))).not.toMatch(/Ada|admin|iPad/);
    const own = appWith({ claims: async ({ data }, client) => ({ role: data.role, client }) });
    expect(await introspect(token, own)).toMatchObject({ active: true, role: "admin", client: "billing" });
    const asMail = post(own, "/introspect", { token }, basic(mail.id, mail.secret[0] ?? ""));
    expect(await json(asMail)).toMatchObject({ role: "admin", client: mail.id });
  });

  test("lets claims add members, but not replace any", async () => {
    const lie = { active: false, sub: "root", exp: 1, iat: 1, token_type: "mac", sid: "x" };
    const own = appWith({ claims: () => lie });
    const [named, nameless] = [await rwt.sign(ada, { subject: "42" }), await rwt.sign(ada)];
    const { iat, exp, sid, ...rest } = (await introspect(named, own)) as Record<string, unknown>;
    expect(rest).toEqual({ active: true, token_type: "Bearer", sub: "42" });
    expect([iat, exp, sid]).not.toEqual([lie.iat, lie.exp, lie.sid]);
    expect(await introspect(nameless, own)).toMatchObject({
      active: true,
      sub: "root",
      exp: expect.any(Number),
    });
  });

  test("fails if claims doesn't return an object, since that is a bug in the app", async () => {
    const own = appWith({ claims: () => "role=admin" as never });
    own.onError((error, c) => c.json({ message: error.message }, 500));
    expect(await introspect(await rwt.sign(ada), own)).toEqual({
      message: "claims must be a function that returns an object, not string",
    });
  });
});

describe("/revoke", () => {
  test.each([
    ["", {}],
    [", with a hint", { token_type_hint: "access_token" }],
    [", with a hint at what there isn't", { token_type_hint: "refresh_token" }],
    [", with a hint that nobody knows", { token_type_hint: "urn:other" }],
  ])("ends the session for everyone%s, and answers 200 again afterwards", async (_, hint) => {
    const token = await rwt.sign(ada);
    for (let i = 0; i < 2; i++) {
      const response = await post(app, "/revoke", { token, ...hint });
      expect([response.status, await response.text()]).toEqual([200, ""]);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(await rwt.verify(token)).toBeNull();
    }
  });

  test("answers 200 for a string that never was a token", async () => {
    expect((await post(app, "/revoke", { token: "45ghiukldjahdnhzdauz" })).status).toBe(200);
  });
});

describe("/token/extend", () => {
  const extend = (token: string, expire?: string) =>
    json(post(app, "/token/extend", { token, ...(expire !== undefined && { expire }) }));

  test("restarts the idle time", async () => {
    const token = await rwt.sign(ada, { expire: 100 });
    await time.advance(60);
    expect(await extend(token)).toEqual({ active: true });
    await time.advance(60);
    expect(await introspect(token)).toMatchObject({ active: true });
    await time.advance(60);
    expect(await extend(token)).toEqual(INACTIVE);
  });

  test("for the number of seconds that the client asks for, this once", async () => {
    const token = await rwt.sign(ada, { expire: 100 });
    expect(await extend(token, "200")).toEqual({ active: true });
    await time.advance(150);
    expect(await introspect(token)).toMatchObject({ active: true });
    expect(await extend(token, "")).toEqual({ active: true });
    await time.advance(101);
    expect(await extend(token, "200")).toEqual(INACTIVE);
  });

  test.each(["0", "-1", "1.5", "1e3", " 60", "0x10", "4294967296", "99999999999", "soon"])(
    "refuses %s seconds",
    async (expire) => {
      const token = await rwt.sign(ada);
      const response = await post(app, "/token/extend", { token, expire });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: "invalid_request" });
    },
  );

  test("says of a forged token that it isn't active", async () => {
    expect(await extend(forged(await rwt.sign(ada)))).toEqual(INACTIVE);
  });
});
