import { describe, expect, test } from "vitest";
import { createOnce, type OnceOptions } from "../../src/once/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const good = { store: memoryStore(), secret: "s".repeat(32), purpose: "tests", expire: 60 };
const once = createOnce(good);

describe("createOnce refuses", () => {
  test.each<[string, object, string]>([
    ["an unknown option", { ...good, expires: 60 }, "ERR_RWT_OPTION_UNKNOWN"],
    ["no store", { ...good, store: undefined }, "ERR_RWT_OPTION_TYPE"],
    ["no secret", { ...good, secret: undefined }, "ERR_RWT_OPTION_TYPE"],
    ["a short secret", { ...good, secret: "short" }, "ERR_RWT_OPTION_RANGE"],
    ["no secrets", { ...good, secret: [] }, "ERR_RWT_OPTION_RANGE"],
    ["no purpose", { ...good, purpose: undefined }, "ERR_RWT_OPTION_TYPE"],
    ["an empty purpose", { ...good, purpose: "" }, "ERR_RWT_OPTION_RANGE"],
    ["a purpose with a slash", { ...good, purpose: "a/b" }, "ERR_RWT_OPTION_RANGE"],
    ["a purpose of 65 characters", { ...good, purpose: "p".repeat(65) }, "ERR_RWT_OPTION_RANGE"],
    ["no expire", { ...good, expire: undefined }, "ERR_RWT_OPTION_TYPE"],
    ["an expire of text", { ...good, expire: "60" }, "ERR_RWT_OPTION_TYPE"],
    ["an expire of 0", { ...good, expire: 0 }, "ERR_RWT_OPTION_RANGE"],
    ["an expire of half a second", { ...good, expire: 0.5 }, "ERR_RWT_OPTION_RANGE"],
    ["an expire of more than a year", { ...good, expire: 31_536_001 }, "ERR_RWT_OPTION_RANGE"],
    ["a prefix with a hash tag", { ...good, prefix: "{x}:" }, "ERR_RWT_OPTION_RANGE"],
    ["a clock that is a number", { ...good, now: 1 }, "ERR_RWT_OPTION_TYPE"],
  ])("%s", (_, options, code) => {
    expect(() => createOnce(options as OnceOptions)).toThrow(expect.objectContaining({ code }));
  });
});

describe("a call refuses", () => {
  const issue = (options: object) => once.issue(1, options);
  const issueCode = (options: object) => once.issueCode({ subject: "42", data: 1, ...options });
  const RANGE = "ERR_RWT_OPTION_RANGE";
  const TYPE = "ERR_RWT_OPTION_TYPE";
  const UNKNOWN = "ERR_RWT_OPTION_UNKNOWN";

  test.each<[string, () => Promise<unknown>, string]>([
    ["an unknown option", () => issue({ replace: true }), UNKNOWN],
    ["an empty subject", () => issue({ subject: "" }), RANGE],
    ["a subject that is a number", () => issue({ subject: 42 }), TYPE],
    ["a lone surrogate", () => issue({ subject: "\ud800" }), RANGE],
    ["replaces without a subject", () => issue({ replaces: true }), RANGE],
    ["replaces that isn't true or false", () => issue({ subject: "42", replaces: 1 }), TYPE],
    ["an expire of 0", () => issue({ expire: 0 }), RANGE],
    ["a signal that isn't one", () => issue({ signal: {} }), TYPE],
    ["data that JSON drops", () => once.issue({ a: undefined }), "ERR_RWT_DATA_NOT_JSON"],
    ["no data", () => once.issue(undefined), "ERR_RWT_DATA_NOT_JSON"],
    ["a code without data", () => issueCode({ data: undefined }), "ERR_RWT_DATA_NOT_JSON"],
    ["a code without a subject", () => issueCode({ subject: undefined }), TYPE],
    ["no attempts", () => issueCode({ attempts: 0 }), RANGE],
    ["101 attempts", () => issueCode({ attempts: 101 }), RANGE],
    ["five digits", () => issueCode({ digits: 5 }), RANGE],
    ["13 digits", () => issueCode({ digits: 13 }), RANGE],
    ["an unknown option of a code", () => issueCode({ tries: 5 }), UNKNOWN],
    ["an empty subject of a code", () => once.consumeCode("", "123456"), RANGE],
    ["an unknown option of consume", () => once.consume("", { except: 1 } as object), UNKNOWN],
    ["a promise instead of a token", () => once.consume(once.issue(1) as never), TYPE],
    ["a promise instead of a code", () => once.consumeCode("42", issueCode({}) as never), TYPE],
    ["an empty subject of revokeAll", () => once.revokeAll(""), RANGE],
  ])("%s", async (_, call, code) => {
    await expect(call()).rejects.toMatchObject({ code });
  });

  test("and shows neither data nor code", async () => {
    const data = { password: new Map([["hunter2", 1]]) };
    const failure = await once.issue(data).catch((error: unknown) => String(error));
    expect(failure).not.toMatch(/hunter2|password/);
  });
});

test("the service shows its purpose and lifetime, and can't be changed", () => {
  expect(once).toMatchObject({ purpose: "tests", expire: 60 });
  expect(Object.isFrozen(once)).toBe(true);
  expect(JSON.stringify(once)).not.toContain("ssss");
});
