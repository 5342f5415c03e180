import { describe, expect, test } from "vitest";
import { createRwt, type SignOptions } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const NOW = 1_800_000_000;
const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32), now: () => NOW }).with(sessions());
const TYPE = "ERR_RWT_OPTION_TYPE";
const RANGE = "ERR_RWT_OPTION_RANGE";
const SECRET = "S3CRET";

describe("auth and act", () => {
  test.each<[string, unknown, string, string, RegExp]>([
    ["null", null, "auth", TYPE, /an object, not null/],
    ["text", "pwd", "auth", TYPE, /an object, not string/],
    ["false", false, "auth", TYPE, /an object/],
    ["an unknown member", { auth_time: 1 }, "auth_time", "ERR_RWT_OPTION_UNKNOWN", /known: at, amr, acr/],
    ["milliseconds", { at: NOW * 1000 }, "auth.at", RANGE, /Unix seconds from 0 to 1800000060/],
    ["a time in the future", { at: NOW + 61 }, "auth.at", RANGE, /Unix seconds/],
    ["a time before 1970", { at: -1 }, "auth.at", RANGE, /Unix seconds/],
    ["half a second", { at: 1.5 }, "auth.at", RANGE, /whole/],
    ["a date", { at: new Date(0) }, "auth.at", TYPE, /not object/],
    ["null as the time", { at: null }, "auth.at", TYPE, /not null/],
    ["text as methods", { amr: "pwd" }, "auth.amr", TYPE, /array of texts, not string/],
    ["a number as a method", { amr: [1] }, "auth.amr", TYPE, /text, not number/],
    ["an empty method", { amr: [""] }, "auth.amr", RANGE, /not be empty/],
    ["a lone surrogate", { amr: ["\ud800"] }, "auth.amr", RANGE, /Unicode/],
    ["an array as the level", { acr: ["1"] }, "auth.acr", TYPE, /text, not array/],
    ["an empty level", { acr: "" }, "auth.acr", RANGE, /not be empty/],
    ["too much", { acr: SECRET.repeat(200) }, "auth", RANGE, /at most 1024 bytes/],
  ])(
    "auth: %s is refused, at sign and at a step-up, without its value",
    async (_, auth, option, code, text) => {
      const token = await rwt.sign(1);
      for (const call of [rwt.sign(1, { auth } as SignOptions), rwt.reauthenticate(token, auth as never)]) {
        const error = await call.catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ option, code, message: expect.stringMatching(text) });
        expect(String(error)).not.toContain(SECRET);
      }
      expect(await rwt.verify(token)).not.toBeNull();
    },
  );

  test.each<[string, unknown, string, string, RegExp]>([
    ["null", null, "act", TYPE, /an object such as \{ sub \}/],
    ["text", SECRET, "act", TYPE, /not string/],
    ["nobody", {}, "act.sub", TYPE, /text, not undefined/],
    ["an empty sub", { sub: "" }, "act.sub", RANGE, /not be empty/],
    ["what isn't JSON", { sub: "a", at: new Date(0) }, "act", "ERR_RWT_DATA_NOT_JSON", /Date/],
    ["too much", { sub: "a", why: SECRET.repeat(200) }, "act", RANGE, /at most 1024 bytes/],
  ])("act: %s is refused without its value", async (_, act, option, code, text) => {
    const error = await rwt.sign(1, { act } as SignOptions).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ option, code, message: expect.stringMatching(text) });
    expect(String(error)).not.toContain(SECRET);
  });

  test("the default time is now, a clock a little ahead counts as now, and the caller's objects stay the caller's", async () => {
    const amr = ["pwd"];
    const act = { sub: "support-7", deep: { is: 1 } };
    const signing = rwt.sign(1, { auth: { at: NOW + 60, amr }, act });
    amr.push("otp");
    act.deep.is = 2;
    const session = await rwt.verify(await signing);
    expect(session?.auth).toEqual({ at: NOW, amr: ["pwd"] });
    expect(session?.act).toEqual({ sub: "support-7", deep: { is: 1 } });
    expect((await rwt.verify(await rwt.sign(1, { auth: {} })))?.auth).toEqual({ at: NOW });
    const without = await rwt.verify(await rwt.sign(1));
    expect([without?.auth, without?.act]).toEqual([undefined, undefined]);
  });

  test("members that a polluted Object.prototype has aren't the session's", async () => {
    const token = await rwt.sign(1, { auth: {} });
    const polluted = Object.prototype as { act?: unknown; acr?: unknown };
    try {
      polluted.act = { sub: "mallory" };
      polluted.acr = "9";
      const session = await rwt.verify(token);
      expect([session?.auth?.at, Object.hasOwn(session?.auth ?? {}, "acr")]).toEqual([NOW, false]);
      expect(Object.hasOwn(session ?? {}, "act") && session?.act).toBeUndefined();
    } finally {
      delete polluted.act;
      delete polluted.acr;
    }
  });
});
