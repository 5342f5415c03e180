import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { type OptionalRwtVariables, rwtCarrier, signIn, signOut } from "../../src/hono/index.ts";
import { type CsrfOptions, requestAuth } from "../../src/request/index.ts";
import { bearer, rwt, signed, type User } from "../hono/fixture.ts";

const OWN = "https://app.example.org";
const FROM = ["bearer", "cookie", "header"] as const;

type Headers = Readonly<Record<string, string>>;

/** Sends a sign-in, and returns the response's status and cookie. */
type Face = (
  headers: Headers,
  options?: { readonly csrf?: false | CsrfOptions; readonly method?: string; readonly path?: string },
) => Promise<{ readonly status: number; readonly cookie: string | null }>;

const faces: Readonly<Record<string, Face>> = {
  async Hono(headers, { csrf, method = "POST", path = "/login" } = {}) {
    const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
    app.use(rwtCarrier({ rwt, from: FROM, csrf }));
    app.all("/login", async (c) => c.text(await signIn(c, { name: "Ada" })));
    app.all("/logout", async (c) => c.json(await signOut(c)));
    const response = await app.request(OWN + path, { method, headers });
    return { status: response.status, cookie: response.headers.get("Set-Cookie") };
  },
  "requestAuth over the web's Request": async (headers, { csrf, method = "POST" } = {}) => {
    const { signIn } = requestAuth<User>({ rwt, from: FROM, csrf });
    return outcomeOf(await signIn(new Request(`${OWN}/login`, { method, headers }), { name: "Ada" }));
  },
  "requestAuth over Node's own request": async (headers, { csrf, method = "POST" } = {}) => {
    const { signIn } = requestAuth<User>({ rwt, from: FROM, csrf });
    const given = Object.entries({ host: "app.example.org", ...headers });
    const lowerCase = Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), value]));
    return outcomeOf(await signIn({ method, url: "/login", headers: lowerCase }, { name: "Ada" }));
  },
};

const outcomeOf = (answer: Response | { readonly headers: globalThis.Headers }) => ({
  status: answer instanceof Response ? answer.status : 200,
  cookie: answer.headers.get("Set-Cookie"),
});

const evil = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };

/** The headers that browsers send with a POST, and others. */
const posts: readonly (readonly [who: string, headers: Headers, status: 200 | 403])[] = [
  ["the page itself, today's browser", { Origin: OWN, "Sec-Fetch-Site": "same-origin" }, 200],
  ["the page itself, under no-referrer", { Origin: "null", "Sec-Fetch-Site": "same-origin" }, 200],
  ["the page itself, an old browser", { Origin: OWN }, 200],
  ["the page itself behind a proxy that ends TLS", { Origin: "http://app.example.org" }, 200],
  ["the user's own doing, such as a bookmark", { "Sec-Fetch-Site": "none" }, 200],
  ["curl, or a service", {}, 200],
  ["another site", { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }, 403],
  ["another site, an old browser", { Origin: "https://evil.example" }, 403],
  ["another site that hides its origin", { Origin: "null" }, 403],
  ["a sandboxed frame", { Origin: "null", "Sec-Fetch-Site": "cross-site" }, 403],
  ["another host of the site", { Origin: "https://blog.example.org", "Sec-Fetch-Site": "same-site" }, 403],
  ["another host of the site, an old browser", { Origin: "https://blog.example.org" }, 403],
  ["another port of the host", { Origin: `${OWN}:8443` }, 403],
  ["a host that ends alike", { Origin: "https://evilapp.example.org" }, 403],
  ["a host that begins alike", { Origin: `${OWN}.evil.example` }, 403],
  ["Sec-Fetch-Site beside an Origin that fits", { Origin: OWN, "Sec-Fetch-Site": "cross-site" }, 403],
  ["a Sec-Fetch-Site that nobody knows", { Origin: OWN, "Sec-Fetch-Site": "same-origin, cross-site" }, 403],
  ["an Origin of another site, whatever else says", { ...evil, "Sec-Fetch-Site": "same-origin" }, 403],
  ["an Origin of another site beside the user's own doing", { ...evil, "Sec-Fetch-Site": "none" }, 403],
  ["the page itself, in capitals", { Origin: "HTTPS://App.Example.ORG" }, 200],
  ["the page itself, with its default port", { Origin: `${OWN}:443` }, 200],
  ["the page itself, with a dot at the end", { Origin: `${OWN}.`, "Sec-Fetch-Site": "same-origin" }, 200],
  ["an app whose page has the host's name", { Origin: "capacitor://app.example.org" }, 403],
  ["an extension", { Origin: "chrome-extension://abcdefghijklmnopabcdefghijklmnop" }, 403],
  ["a page that claims a path", { Origin: `${OWN}/` }, 403],
  ["a page that claims two origins", { Origin: `${OWN}, https://evil.example` }, 403],
  ["a name before the host", { Origin: "https://app.example.org@evil.example" }, 403],
  ["an empty Origin", { Origin: "" }, 403],
  ["another site behind a proxy that anyone may be", { ...evil, "X-Forwarded-Host": "evil.example" }, 403],
  ["the page itself, and a proxy's words", { Origin: OWN, "X-Forwarded-Host": "evil.example" }, 200],
];
describe.each(Object.entries(faces))("requests from other sites' pages, by %s", (_, ask) => {
  test.each(posts)("%s", async (_, headers, status) => {
    for (const carried of [{}, { Cookie: `__Host-rwt=${await signed("Ada")}` }]) {
      const answer = await ask({ ...headers, ...carried });
      expect(answer.status).toBe(status);
      expect(answer.cookie !== null).toBe(status === 200);
    }
  });

  test("end no session", async () => {
    const token = await signed("Ada");
    const asked = { ...evil, Cookie: `__Host-rwt=${token}` };
    expect((await ask(asked, { path: "/logout" })).status).toBe(403);
    expect(await rwt.verify(token)).not.toBeNull();
  });

  test.each([
    ["GET", 200],
    ["HEAD", 200],
    ["OPTIONS", 200],
    ["PUT", 403],
    ["PATCH", 403],
    ["DELETE", 403],
    ["QUERY", 403],
  ])("a %s is %i", async (method, status) => {
    expect((await ask(evil, { method })).status).toBe(status);
  });

  test("don't matter for tokens that a page can't send: bearer tokens and those in a custom header", async () => {
    for (const headers of [bearer(await signed("Ada")), { "x-access-token": await signed("Ada") }]) {
      expect((await ask({ ...evil, ...headers })).status).toBe(200);
    }
  });

  test("are accepted from named origins only", async () => {
    const csrf = { origins: ["https://www.example.org"] };
    const named = { Origin: "https://www.example.org" };
    expect((await ask({ ...named, "Sec-Fetch-Site": "same-site" }, { csrf })).status).toBe(200);
    expect((await ask(named, { csrf })).status).toBe(200);
    expect((await ask({ Origin: "http://www.example.org" }, { csrf })).status).toBe(403);
    expect((await ask(evil, { csrf })).status).toBe(403);
  });

  test("are left to the app with csrf: false", async () => {
    expect((await ask(evil, { csrf: false })).status).toBe(200);
  });
});

describe("a refusal of another site's request", () => {
  test("is a 403 without a challenge, and onFailure gets the reason", async () => {
    const seen: unknown[] = [];
    const { authenticate } = requestAuth({
      rwt,
      from: ["cookie"],
      onFailure(_, { status, error, response }) {
        seen.push([status, error]);
        return response;
      },
    });
    const asked = new Request(OWN, { method: "POST", headers: evil });
    const answer = await authenticate(asked);
    expect(answer).toBeInstanceOf(Response);
    const { status, headers } = answer as Response;
    expect([status, headers.get("WWW-Authenticate"), headers.get("Cache-Control")]).toEqual([
      403,
      null,
      "no-store",
    ]);
    expect(seen).toEqual([[403, "cross_site"]]);
  });

  test("happens only if the cookie is a carrier", async () => {
    const { authenticate } = requestAuth({ rwt, from: ["bearer"] });
    const asked = new Request(OWN, {
      method: "POST",
      headers: { ...evil, ...bearer(await signed("Ada")) },
    });
    expect(await authenticate(asked)).toMatchObject({ data: { name: "Ada" } });
  });

  test("happens if the own host isn't known", async () => {
    const { authenticate } = requestAuth({ rwt, from: ["cookie"] });
    const cookie = `__Host-rwt=${await signed("Ada")}`;
    const plain = (headers: Headers) => authenticate({ method: "POST", headers: { cookie, ...headers } });
    expect(await plain({})).toMatchObject({ data: { name: "Ada" } });
    expect(await plain(evil)).toMatchObject({ status: 403 });
    expect(await plain({ origin: "null" })).toMatchObject({ status: 403 });
    for (const origin of [OWN, "http://null", "http://undefined", "https://"]) {
      expect(await plain({ origin })).toMatchObject({ status: 403 });
    }
    expect(await plain({ origin: OWN, ":authority": "app.example.org" })).toMatchObject({ data: {} });
  });
});

describe("the own host", () => {
  const { authenticate } = requestAuth({ rwt, from: ["cookie"] });
  const statusOf = async (url: string, headers: Headers) => {
    const answer = await authenticate({
      method: "POST",
      url,
      headers: { cookie: `__Host-rwt=${await signed("Ada")}`, ...headers },
    });
    return answer instanceof Response ? answer.status : 200;
  };

  test.each([
    ["app.example.org", OWN],
    ["App.Example.ORG", OWN],
    ["app.example.org:443", OWN],
    ["app.example.org:80", "http://app.example.org"],
    ["app.example.org.", OWN],
    ["app.example.org.:443", OWN],
    ["app.example.org", `${OWN}.`],
    ["app.example.org:8443", `${OWN}:8443`],
    ["xn--bcher-kva.example", "https://xn--bcher-kva.example"],
    ["[::1]:3000", "http://[::1]:3000"],
    ["localhost:3000", "http://localhost:3000"],
  ])("%s accepts pages of %s", async (host, origin) => {
    expect(await statusOf("/login", { host, origin })).toBe(200);
    expect(await statusOf(`https://${host}/login`, { origin })).toBe(200);
  });

  test.each([
    ["app.example.org:8443", OWN],
    ["app.example.org", `${OWN}:8443`],
    ["localhost", "capacitor://localhost"],
    ["app.example.org", "https://app-example.org"],
    ["a b", "https://a b"],
    ["", "https://"],
    ["null", "null"],
    ["undefined", "undefined"],
  ])("%s rejects pages of %s", async (host, origin) => {
    expect(await statusOf("/login", { host, origin })).toBe(403);
  });

  test("is that of the URL or of Host, if a proxy makes them differ", async () => {
    const behind = (headers: Headers) => statusOf("http://localhost:3000/login", headers);
    expect(await behind({ host: "app.example.org", origin: OWN })).toBe(200);
    expect(await behind({ host: "app.example.org", origin: "http://localhost:3000" })).toBe(200);
    expect(await behind({ host: "app.example.org", origin: "https://evil.example" })).toBe(403);
    // Anyone can send the other headers of a proxy.
    const forwarded = { "x-forwarded-host": "app.example.org", forwarded: "host=app.example.org" };
    expect(await behind({ host: "upstream:8080", origin: OWN, ...forwarded })).toBe(403);
  });

  test("is :authority for HTTP/2", async () => {
    expect(await statusOf("/login", { ":authority": "app.example.org", origin: OWN })).toBe(200);
    expect(
      await statusOf("/login", { ":authority": "app.example.org", origin: "https://evil.example" }),
    ).toBe(403);
  });
});
