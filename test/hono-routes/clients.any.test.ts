import { describe, expect, test } from "vitest";
import { type RouteClient, rwtRoutes } from "../../src/hono-routes/index.ts";
import { ada, appWith, basic, bearer, billing, mail, post, rawBasic, rwt } from "./fixture.ts";
import { expectOptionError } from "./option-error.ts";

const [mailSecret = "", olderMailSecret = ""] = mail.secret;
const token = await rwt.sign(ada, { subject: "42" });
const app = appWith({ claims: (_, client) => ({ client }) });

describe("a client is known", () => {
  test.each<[string, string, Record<string, string>]>([
    ["by Basic, form-urlencoded", billing.id, basic(billing.id, billing.secret)],
    ["by Basic as curl sends it, not encoded", billing.id, rawBasic(`${billing.id}:${billing.secret}`)],
    ["by an id of a colon, a space and an ampersand", mail.id, basic(mail.id, mailSecret)],
    ["by the secret before its present one", mail.id, basic(mail.id, olderMailSecret)],
    ["by a Bearer secret", billing.id, bearer(billing.secret)],
    ["by the Bearer secret before its present one", mail.id, bearer(olderMailSecret)],
    [
      "whatever the scheme's case",
      billing.id,
      { Authorization: `bAsIc ${btoa(`${billing.id}:${billing.secret}`)}` },
    ],
  ])("%s", async (_, client, headers) => {
    const response = await post(app, "/introspect", { token }, headers);
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ client })]);
  });

  test("with any printable ASCII in its secret", async () => {
    for (const secret of [
      `100%: a+b=c & "d" /\\ ${"x".repeat(32)}`,
      `%41%zz+${"y".repeat(32)}`,
      `::${"z".repeat(32)}`,
    ]) {
      const own = appWith({ clients: [{ id: "odd", secret }] });
      for (const headers of [basic("odd", secret), rawBasic(`odd:${secret}`), bearer(secret)]) {
        expect((await post(own, "/introspect", { token }, headers)).status, secret).toBe(200);
      }
    }
  });
});

describe("a client is refused with 401", () => {
  const BASIC = 'Basic realm="clients"';
  const BEARER = 'Bearer realm="clients", error="invalid_token"';
  const BOTH = 'Basic realm="clients", Bearer realm="clients"';
  const right = `${billing.id}:${billing.secret}`;

  test.each<[string, string, Record<string, string>]>([
    ["without credentials", BOTH, {}],
    ["with an empty header", BOTH, { Authorization: "" }],
    ["with another scheme", BOTH, { Authorization: `Digest username="${billing.id}"` }],
    ["with a scheme that only begins alike", BOTH, { Authorization: `Basically ${btoa(right)}` }],
    ["with a scheme that every object has a member of", BOTH, { Authorization: "constructor x" }],
    ["with another such", BOTH, { Authorization: "__proto__ x" }],
    ["with another such, in capitals", BOTH, { Authorization: "toString" }],
    ["with nothing after Basic", BASIC, { Authorization: "Basic" }],
    ["with what isn't base64", BASIC, { Authorization: "Basic %%%" }],
    ["with base64 of a wrong length", BASIC, { Authorization: "Basic abcde" }],
    ["without a colon", BASIC, rawBasic("billing")],
    ["with no secret", BASIC, rawBasic("billing:")],
    ["with no id", BASIC, rawBasic(`:${billing.secret}`)],
    ["with nothing but a colon", BASIC, rawBasic(":")],
    ["with a wrong secret", BASIC, basic(billing.id, `${billing.secret.slice(0, -1)}9`)],
    ["with a part of the secret", BASIC, basic(billing.id, billing.secret.slice(0, -1))],
    ["with more than the secret", BASIC, basic(billing.id, `${billing.secret}=`)],
    ["with another client's secret", BASIC, basic(billing.id, mailSecret)],
    ["with another client's id", BASIC, basic(mail.id, billing.secret)],
    ["with an unknown id", BASIC, basic("Billing", billing.secret)],
    ["with an id of Latin-1", BASIC, rawBasic(`billing\xe9:${billing.secret}`)],
    ["with a secret of Latin-1", BASIC, rawBasic(`billing:${"\xff".repeat(40)}`)],
    ["with a secret of UTF-8", BASIC, basic(billing.id, "ключ 🎟 ".repeat(8))],
    ["with a percent sign that encodes nothing", BASIC, rawBasic(`billing:%E0%A4%A${billing.secret}`)],
    ["with a NUL behind the secret", BASIC, rawBasic(`${right}\0`)],
    ["with two headers", BASIC, { Authorization: `Basic ${btoa(right)}, Bearer ${billing.secret}` }],
    ["with a wrong Bearer secret", BEARER, bearer(`${billing.secret.slice(0, -2)}9=`)],
    ["with nothing after Bearer", BEARER, { Authorization: "Bearer" }],
    ["with the id and the secret as Bearer", BEARER, bearer(btoa(right))],
    ["with a session's token as Bearer", BEARER, bearer(token)],
  ])("%s", async (_, challenge, headers) => {
    for (const path of ["/introspect", "/revoke", "/token/extend"]) {
      const response = await post(app, path, { token }, headers);
      expect(response.status).toBe(401);
      expect(response.headers.get("WWW-Authenticate")).toBe(challenge);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(await response.json()).toEqual({
        error: "invalid_client",
        error_description: expect.stringMatching(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/),
      });
    }
    expect(await rwt.verify(token)).not.toBeNull();
  });

  test("with its secret in the form", async () => {
    const form = { token, client_id: billing.id, client_secret: billing.secret };
    const response = await post(app, "/introspect", form, {});
    expect([response.status, response.headers.get("WWW-Authenticate")]).toEqual([401, BOTH]);
  });

  test("with a secret that has been dropped", async () => {
    const own = appWith({ clients: [billing, { id: mail.id, secret: mailSecret }] });
    expect((await post(own, "/introspect", { token }, basic(mail.id, olderMailSecret))).status).toBe(401);
    expect((await post(own, "/introspect", { token }, basic(mail.id, mailSecret))).status).toBe(200);
  });
});

test("a client can do only what it is allowed to", async () => {
  const paths = { introspect: "/introspect", revoke: "/revoke", extend: "/token/extend" } as const;
  const actions = ["introspect", "revoke", "extend"] as const;
  for (const action of actions) {
    const own = appWith({ clients: [{ ...billing, may: [action] }, mail] });
    for (const other of actions) {
      const live = await rwt.sign(ada);
      const response = await post(own, paths[other], { token: live });
      expect(response.status).toBe(other === action ? 200 : 403);
      if (other === action) continue;
      expect(await response.json()).toMatchObject({ error: "unauthorized_client" });
      expect(await rwt.verify(live)).not.toBeNull();
      expect((await post(own, paths[other], { token: live }, bearer(mailSecret))).status).toBe(200);
    }
  }
});

describe("invalid clients are refused at creation, with a message without secrets", () => {
  const short = "a secret that is too short";
  test.each<[string, unknown, string, string]>([
    ["none", [], "clients", "RANGE"],
    ["no array", { billing }, "clients", "TYPE"],
    ["a client that is none", [billing.secret], "a client", "TYPE"],
    ["a name wrongly spelt", [{ ...billing, secrets: [] }], "secrets", "UNKNOWN"],
    ["a secret as a name", [{ ...billing, [billing.secret]: 1 }], "…", "UNKNOWN"],
    ["no id", [{ secret: billing.secret }], "clients.id", "TYPE"],
    ["an empty id", [{ ...billing, id: "" }], "clients.id", "RANGE"],
    ["an id of other letters", [{ ...billing, id: "Zoë" }], "clients.id", "RANGE"],
    ["two of one id", [billing, { ...mail, id: billing.id }], "clients.id", "RANGE"],
    ["no secret", [{ id: "a" }], "clients.secret", "TYPE"],
    ["no secrets", [{ id: "a", secret: [] }], "clients.secret", "RANGE"],
    ["bytes", [{ id: "a", secret: new Uint8Array(32) }], "clients.secret", "TYPE"],
    ["a short secret", [{ id: "a", secret: short }], "clients.secret", "RANGE"],
    [
      "a short secret among others",
      [{ id: "a", secret: [billing.secret, short] }],
      "clients.secret",
      "RANGE",
    ],
    ["a secret of other letters", [{ id: "a", secret: `${billing.secret}é` }], "clients.secret", "RANGE"],
    ["a secret of two lines", [{ id: "a", secret: `${billing.secret}\n` }], "clients.secret", "RANGE"],
    [
      "a secret of two clients",
      [billing, { id: "b", secret: [mailSecret, billing.secret] }],
      "clients.secret",
      "RANGE",
    ],
    ["an action that there isn't", [{ ...billing, may: ["sign"] }], "clients.may", "RANGE"],
    ["an action that is no array", [{ ...billing, may: "revoke" }], "clients.may", "TYPE"],
  ])("%s", (_, clients, option, code) => {
    expectOptionError(() => rwtRoutes({ rwt, clients: clients as RouteClient[] }), option, code, {
      secret: billing.secret,
      short,
    });
  });
});

test("the same secret twice for one client is allowed", () => {
  expect(() => appWith({ clients: [{ id: "a", secret: [mailSecret, mailSecret] }] })).not.toThrow();
});
