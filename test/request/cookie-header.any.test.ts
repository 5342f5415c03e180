import { describe, expect, test } from "vitest";
import { requestAuth } from "../../src/request/index.ts";
import { live, rwt } from "../hono/fixture.ts";

const { authenticate } = requestAuth({ rwt, from: ["cookie"], cookie: { name: "sid" } });
const prefixed = requestAuth({ rwt, from: ["cookie"] });

async function whoIs(
  cookie: string | readonly string[],
  auth: Pick<typeof prefixed, "authenticate"> = { authenticate },
): Promise<string | number> {
  const answer = await auth.authenticate({ method: "GET", url: "/", headers: { cookie } });
  return answer instanceof Response ? answer.status : answer.data.name;
}

describe("the cookie is read as clients write it", () => {
  test.each([
    ["plainly", `sid=${live}`],
    ["in quotes", `sid="${live}"`],
    ["as RFC 2965 says", `$Version=1; sid="${live}"; $Path="/"; $Domain=".example.org"`],
    ["without blanks", `a=b;sid=${live};c=d`],
    ["with many blanks", `a=b;   sid=${live}   ; c=d`],
    ["with tabs", `a=b;\tsid=${live}\t;\tc=d`],
    ["with blanks around =", `sid = ${live}`],
    ["with a tab around =, and quotes", `a=b; sid\t=\t"${live}"\t`],
    ["with a semicolon at the end", `sid=${live};`],
    ["with empty pairs", `;; sid=${live};;`],
    ["behind a value with =", `x=a=b==; sid=${live}`],
    ["behind a value with a quote", `x="a\\"b"; sid=${live}`],
    ["behind a quoted value that looks like it", `x="; sid=evil; "; sid=${live}`],
    ["behind a longer name", `xsid=1; sid=${live}`],
    ["behind a name alone", `sid; sid=${live}`],
    ["behind an empty one", `sid=; sid=""; sid=${live}`],
  ])("%s", async (_, cookie) => {
    expect(await whoIs(cookie)).toBe("Ada");
    expect(await whoIs(["theme=dark", cookie, "lang=en"])).toBe("Ada");
  });

  test.each([
    ["another name in capitals", `SID=${live}`],
    ["a name that ends alike", `xsid=${live}`],
    ["a name that begins alike", `sidx=${live}`],
    ["a token as a name", `${live}=sid`],
    ["a value that holds another pair", `theme=dark, sid=${live}`],
    ["an attribute", `$sid=${live}`],
    ["a blank within the name", `s id=${live}`],
    ["a piece of the token", `sid=${live.slice(0, 79)}`],
    ["no pair", `sid:${live}`],
  ])("and nothing else: %s", async (_, cookie) => {
    expect(await whoIs(cookie)).toBe(401);
  });

  test("also where the name holds what patterns have a meaning for", async () => {
    const name = "s.i*d+$^|";
    const auth = requestAuth({ rwt, from: ["cookie"], cookie: { name } });
    expect(await whoIs(`sxid=1; ${name}=${live}`, auth)).toBe("Ada");
    expect(await whoIs(`sxiid$^|=${live}`, auth)).toBe(401);
  });
});

// Browsers let any host set a cookie whose name only looks like __Host-…: to them the white space is part of it.
test.each(["\u00a0", "\u0085", "\u2000", "\u3000", "\ufeff", "\v", "\f", "\u0000", "Â\u00a0"])(
  "white space that browsers keep is part of a name: %j",
  async (white) => {
    for (const cookie of [
      `${white}__Host-rwt=${live}`,
      `__Host-rwt${white}=${live}`,
      `a=b; ${white}__Host-rwt=${live}`,
    ]) {
      expect(await whoIs(cookie, prefixed)).toBe(401);
    }
    expect(await whoIs(`__Host-rwt=${live}`, prefixed)).toBe("Ada");
  },
);

test("a long header takes no longer than its length", async () => {
  const blanks = " \t".repeat(50_000);
  const start = performance.now();
  for (const cookie of [
    `a${blanks}b`,
    `sid${blanks}x`,
    `sid=${blanks}x y`,
    `;${blanks}`.repeat(2),
    `sid="${"a".repeat(100_000)}`,
  ]) {
    expect(await whoIs(cookie)).toBe(401);
  }
  expect(performance.now() - start).toBeLessThan(2000);
});
