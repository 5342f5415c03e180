import { expect, test } from "vitest";
import { blocks } from "../support/pages.ts";

/** A secret in the code that is pasted into an app: text, as the option or as the fallback of a variable that isn't set. */
const KNOWN =
  /\b(?:secret|(?:RWT|JWT)_SECRET) *(?:[:=]|\?\?) *(?:process\.env\.\w+ *\?\? *)?(?:"[^"]+"|`[^`]+`)/gi;

/** What isn't the app's own: tests' secrets, and those that an app has had before. */
const ALLOWED = [/^docs\/testing\.md/, /az3rty!/, /keyboard cat/];

test("no example has a secret that others could know", () => {
  const found = blocks.flatMap(({ page, code }) =>
    [...code.matchAll(KNOWN)].map(([text]) => `${page.path}: ${text}`),
  );
  expect(found.filter((text) => !ALLOWED.some((allowed) => allowed.test(text)))).toEqual([]);
});
