import { beforeEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import {
  type AuthenticateOptions,
  type AuthRequirement,
  meetsRequirement,
  requestAuth,
} from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
let time = 1_800_000_000;
const now = () => time;
const rwt = createRwt<string>({ store: memoryStore({ now }), secret, now }).with(sessions());
const auth = requestAuth<string>({ rwt, from: ["bearer", "cookie"] });
beforeEach(() => {
  time = 1_800_000_000;
});

const requestWith = (token?: string): Request =>
  new Request("http://localhost/", {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  });
const cookieWith = (token: string): Request =>
  new Request("http://localhost/", { headers: { Cookie: `__Host-rwt=${token}` } });
async function answerTo(request: Request, options?: AuthenticateOptions) {
  const answer = await auth.authenticate(request, options);
  if (!(answer instanceof Response)) return answer.data;
  const { status, headers } = answer;
  return [status, headers.get("WWW-Authenticate"), await answer.text(), headers.get("Set-Cookie")];
}

const refusalOf = async (request: Request, options?: AuthenticateOptions) =>
  (await answerTo(request, options)).slice(0, 2);

describe("what a requirement demands", () => {
  const at = 1000;
  test.each<[string, AuthRequirement, object | undefined, number, boolean]>([
    ["young enough, to the second", { maxAge: 300 }, { at }, 1300.9, true],
    ["a second too old", { maxAge: 300 }, { at }, 1301, false],
    ["another service's clock is ahead", { maxAge: 300 }, { at }, 990, true],
    ["a time further ahead than clocks are", { maxAge: 300 }, { at }, 939, false],
    ["no time is known", { maxAge: 300 }, undefined, 1000, false],
    ["all methods", { amr: ["pwd", "otp"] }, { at, amr: ["otp", "hwk", "pwd"] }, 9e9, true],
    ["one method of two", { amr: ["pwd", "otp"] }, { at, amr: ["pwd"] }, 1000, false],
    ["no methods are known", { amr: ["pwd"] }, { at }, 1000, false],
    ["any of the levels", { acr: ["2", "3"] }, { at, acr: "3" }, 9e9, true],
    ["another level", { acr: ["2", "3"] }, { at, acr: "1" }, 1000, false],
    ["no level is known", { acr: ["1"] }, { at }, 1000, false],
    [
      "all members count",
      { maxAge: 300, amr: ["otp"], acr: ["2"] },
      { at, amr: ["otp"], acr: "2" },
      1001,
      true,
    ],
    ["one of three isn't met", { maxAge: 300, amr: ["otp"], acr: ["2"] }, { at, amr: ["otp"] }, 1001, false],
  ])("%s", (_, requirement, proved, seconds, met) => {
    expect(meetsRequirement({ auth: proved as never }, requirement, seconds)).toBe(met);
  });

  test("nobody meets nothing, and without a time the system's clock counts", () => {
    expect([meetsRequirement(null, { maxAge: 1 }), meetsRequirement(undefined, { amr: ["pwd"] })]).toEqual([
      false,
      false,
    ]);
    const justNow = { auth: { at: Math.floor(Date.now() / 1000) } };
    expect(meetsRequirement(justNow, { maxAge: 60 })).toBe(true);
  });

  test.each([Number.NaN, Date.now(), -1, Number.POSITIVE_INFINITY, "soon"])(
    "%s is no time, and is refused",
    (seconds) => {
      const proved = { auth: { at: 1000 } };
      expect(() => meetsRequirement(proved, { maxAge: 300 }, seconds as number)).toThrowError(
        expect.objectContaining({ option: "now", code: "ERR_RWT_OPTION_RANGE" }),
      );
    },
  );

  test("a proof without a time, such as a caller's own, meets no maxAge", () => {
    for (const at of [Number.NaN, undefined, "now"])
      expect(meetsRequirement({ auth: { at } as never }, { maxAge: 300 })).toBe(false);
  });

  test.each<[string, unknown, string, string]>([
    ["nothing", {}, "require", "RANGE"],
    ["text", "otp", "require", "TYPE"],
    ["null", null, "require", "TYPE"],
    ["an unknown member", { max_age: 1 }, "max_age", "UNKNOWN"],
    ["no second", { maxAge: 0 }, "require.maxAge", "RANGE"],
    ["text as the age", { maxAge: "300" }, "require.maxAge", "TYPE"],
    ["text as methods", { amr: "otp" }, "require.amr", "TYPE"],
    ["no method", { amr: [] }, "require.amr", "RANGE"],
    ["a quote in a method", { amr: ['"'] }, "require.amr", "RANGE"],
    ["a newline in a method", { amr: ["a\nSet-Cookie: x"] }, "require.amr", "RANGE"],
    ["a blank in a level", { acr: ["1 2"] }, "require.acr", "RANGE"],
    ["an empty level", { acr: [""] }, "require.acr", "RANGE"],
  ])("%s is refused, wherever it is given", async (_, require, option, code) => {
    const refused = { option, code: `ERR_RWT_OPTION_${code}` };
    expect(() => meetsRequirement(null, require as AuthRequirement)).toThrowError(
      expect.objectContaining(refused),
    );
    const options = { require } as never;
    // Also for a request that would be refused anyway.
    await expect((async () => auth.authenticate(requestWith(), options))()).rejects.toMatchObject(refused);
  });
});

test("authenticate refuses who has to step up with RFC 9470's challenge, and leaves session and cookie alone", async () => {
  const token = await rwt.sign("Ada", { auth: { amr: ["pwd"] } });
  for (const request of [requestWith(token), cookieWith(token)]) {
    expect(await answerTo(request, { require: { maxAge: 300 } })).toBe("Ada");
    expect(
      await answerTo(request, { require: { amr: ["otp", "pwd"], acr: ["2", "urn:3"], maxAge: 300 } }),
    ).toEqual([
      401,
      'Bearer realm="api", error="insufficient_user_authentication", error_description="Authenticate again by otp and pwd", acr_values="2 urn:3", max_age="300"',
      "Authenticate again by otp and pwd",
      null,
    ]);
  }
  time += 301;
  expect(await answerTo(cookieWith(token), { require: { maxAge: 300 } })).toEqual([
    401,
    'Bearer realm="api", error="insufficient_user_authentication", error_description="Authenticate again", max_age="300"',
    "Authenticate again",
    null,
  ]);
  expect(await answerTo(cookieWith(token))).toBe("Ada");
  expect((await answerTo(requestWith(await rwt.sign("Eve")), { require: { maxAge: 300 } }))[0]).toBe(401);
  // No session at all is the ordinary 401.
  expect(await refusalOf(requestWith(), { require: { maxAge: 300 } })).toEqual([401, 'Bearer realm="api"']);
  expect(await refusalOf(requestWith("x"), { require: { maxAge: 300 } })).toEqual([
    401,
    expect.stringContaining("invalid_token"),
  ]);
});

test("a request that has to step up keeps its cookie in onFailure's own answer too", async () => {
  const told: unknown[] = [];
  const own = requestAuth<string>({
    rwt,
    from: ["cookie"],
    onFailure(_, { status, error, dropCookie }) {
      told.push(status, error);
      return dropCookie(new Response("confirm", { status: 303, headers: { Location: "/confirm" } }));
    },
  });
  const answer = await own.authenticate(cookieWith(await rwt.sign("Ada")), { require: { maxAge: 1 } });
  expect(answer).toMatchObject({ status: 303 });
  expect((answer as Response).headers.get("Set-Cookie")).toBeNull();
  expect(told).toEqual([401, "insufficient_user_authentication"]);
});

test("with optional, a requirement refuses strangers too, and a WebSocket can have one", async () => {
  const optional = requestAuth<string>({ rwt, optional: true });
  expect(await optional.authenticate(requestWith())).toBeNull();
  expect(await optional.authenticate(requestWith(), { require: { maxAge: 1 } })).toMatchObject({
    status: 401,
  });
  const upgrade = await auth.authenticateUpgrade(requestWith(await rwt.sign("Ada")), {
    require: { maxAge: 1 },
  });
  expect(upgrade).toMatchObject({ status: 401 });
});

test("reauthenticate replaces the token and the cookie, and the requirement is met from then on", async () => {
  const token = await rwt.sign("Ada", { meta: { persistent: false }, maxLifetime: 3600, subject: "42" });
  time += 600;
  const require = { maxAge: 300, amr: ["pwd"] };
  expect((await answerTo(cookieWith(token), { require }))[0]).toBe(401);
  const proved = await auth.reauthenticate(cookieWith(token), { amr: ["pwd"] });
  if (proved instanceof Response) throw new Error(`refused: ${proved.status}`);
  const { cookie, headers } = proved;
  expect(cookie?.value).toBe(proved.token);
  expect(headers.get("Set-Cookie")).toContain(`__Host-rwt=${proved.token}; Path=/`);
  expect(await answerTo(cookieWith(proved.token), { require })).toBe("Ada");
  expect((await answerTo(cookieWith(token)))[0]).toBe(401);
  time += 301;
  expect((await answerTo(cookieWith(proved.token), { require }))[0]).toBe(401);
});

test("reauthenticate refuses as authenticate does, and names a wrong auth", async () => {
  expect(await auth.reauthenticate(requestWith(), {})).toMatchObject({ status: 401 });
  const dead = await rwt.sign("Ada");
  await rwt.destroy(dead);
  expect(await auth.reauthenticate(requestWith(dead), {})).toMatchObject({ status: 401 });
  const token = await rwt.sign("Ada");
  await expect(auth.reauthenticate(requestWith(token), { amr: "pwd" } as never)).rejects.toMatchObject({
    option: "auth.amr",
  });
  const plain = requestAuth({ rwt: createRwt({ store: memoryStore({ now }), secret, now }) });
  const refused = await plain.reauthenticate(requestWith(token), {});
  expect(refused).toMatchObject({ status: 401 });
});
