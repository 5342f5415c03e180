import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const rwt = createRwt<string>({ store: memoryStore(), secret: "a secret of the tests, 32 bytes or more" });
const auth = requestAuth<string>({ rwt, from: ["cookie"], csrf: { paths: ["/callback"] } });
const EVIL = "https://evil.example";
const cookieOf = async () => ({ Cookie: `__Host-rwt=${await rwt.sign("Ada")}`, Host: "app.example" });
const statusOf = (answer: unknown): unknown => (answer instanceof Response ? answer.status : "let in");

describe("authenticateUpgrade", () => {
  test.each([
    ["another site's page", { Origin: EVIL }, 403],
    ["a page of the own host", { Origin: "https://app.example" }, "let in"],
    ["what is no browser", {}, "let in"],
  ])("%s, although the framework hides the Upgrade header", async (_, headers, expected) => {
    const request = { method: "GET", url: "/socket", headers: { ...(await cookieOf()), ...headers } };
    expect(statusOf(await auth.authenticateUpgrade(request))).toBe(expected);
    // As a page that is opened by a link, it may come from anywhere.
    expect(statusOf(await auth.authenticate(request))).toBe("let in");
  });

  test("needs a live session", async () => {
    expect(statusOf(await auth.authenticateUpgrade({ method: "GET", headers: {} }))).toBe(401);
  });
});

describe("csrf.paths", () => {
  const post = (url: string, more = {}) => ({
    method: "POST",
    url,
    headers: { Host: "app.example", Origin: "null", "Sec-Fetch-Site": "cross-site", ...more },
  });

  test.each([
    ["/callback", "200"],
    ["/callback?state=1", "200"],
    ["https://app.example/callback#x", "200"],
    ["/callback/", "403"],
    ["/callback/../admin", "403"],
    ["//evil.example/callback", "403"],
    ["/other", "403"],
    ["/other?/callback", "403"],
    ["", "403"],
  ])("a form that an identity provider's page posts to %j: %s", async (url, expected) => {
    const answer = await auth.signIn(post(url), "Ada");
    expect(answer instanceof Response ? `${answer.status}` : "200").toBe(expected);
  });

  test("are compared as URLs write them", async () => {
    const { signIn } = requestAuth<string>({ rwt, from: ["cookie"], csrf: { paths: ["/rückruf"] } });
    const url = "https://app.example/rückruf";
    expect(await signIn(new Request(url, post(url)), "Ada")).not.toBeInstanceOf(Response);
    expect(await signIn(post("/r%C3%BCckruf"), "Ada")).not.toBeInstanceOf(Response);
    expect(statusOf(await signIn(post("/r"), "Ada"))).toBe(403);
  });

  test("don't let a page open a WebSocket", async () => {
    const { authenticate } = auth;
    const answer = await authenticate({ ...post("/callback", { Upgrade: "websocket" }), method: "GET" });
    expect(statusOf(answer)).toBe(403);
    // Over HTTP/2 (RFC 8441).
    expect(statusOf(await authenticate({ ...post("/callback"), method: "CONNECT" }))).toBe(403);
  });

  test.each(["callback", "/a?b", "/a#b", 42])("are paths: not %j", (path) => {
    expect(() => requestAuth({ rwt, csrf: { paths: [path as string] } })).toThrow(
      expect.objectContaining({ option: "csrf.paths" }),
    );
  });
});
