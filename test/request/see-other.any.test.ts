import { describe, expect, test } from "vitest";
import { seeOther } from "../../src/request/index.ts";

const result = () => ({
  ended: true,
  headers: new Headers({ "Cache-Control": "no-store", "Set-Cookie": "a=1; Path=/" }),
});

test("redirects after a form, with the headers of the result, which stay as they are", () => {
  const given = result();
  const answer = seeOther("/private?from=a%20b#top", given);
  expect([answer.status, answer.body]).toEqual([303, null]);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    location: "/private?from=a%20b#top",
    "cache-control": "no-store",
    "set-cookie": "a=1; Path=/",
  });
  expect(given.headers.has("Location")).toBe(false);
});

test("returns a refusal itself", () => {
  const refusal = new Response("Unauthorized", { status: 401 });
  expect(seeOther("/private", refusal)).toBe(refusal);
});

test("leads to another site only by a URL object", () => {
  const to = (url: string) => seeOther(new URL(url), result()).headers.get("Location");
  expect(to("https://app.example.org/in")).toBe("https://app.example.org/in");
  expect(() => to("javascript:alert(1)")).toThrow(RangeError);
});

/** What a user may send as `next`, to be led away from the site. */
const ELSEWHERE = [
  "https://evil.example",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "/private\r\nSet-Cookie: a=2",
  "javascript:alert(1)",
  "evil.example",
  "?next",
  "#top",
  "",
  "/für",
];

describe.each([
  ["a result", result()],
  ["a refusal", new Response(null, { status: 401 })],
])("with %s", (_, given) => {
  test.each(ELSEWHERE)("refuses %j", (location) => {
    expect(() => seeOther(location, given)).toThrow(
      expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "location" }),
    );
  });

  test.each([null, undefined, 42, ["/private"], { href: "https://evil.example" }])(
    "refuses %j, which is no text",
    (location) => {
      expect(() => seeOther(location as never, given)).toThrow(
        expect.objectContaining({ code: "ERR_RWT_OPTION_TYPE", option: "location" }),
      );
    },
  );
});

test("what it accepts stays on the site, as URLs are resolved", () => {
  for (const path of ["/", "/a//b", "/.//evil.example", "/%2F/evil.example", "/@evil.example", "/..//x"])
    expect(new URL(seeOther(path, result()).headers.get("Location") ?? "", "https://app.example").host).toBe(
      "app.example",
    );
});

test.each([null, undefined, true, 42, { sessions: [] }, Promise.resolve(result())])(
  "refuses %j, which is no result",
  (given) => {
    expect(() => seeOther("/private", given as never)).toThrow(
      expect.objectContaining({ code: "ERR_RWT_OPTION_TYPE", option: "result" }),
    );
  },
);
