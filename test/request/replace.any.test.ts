import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { rwtCarrier, signIn } from "../../src/hono/index.ts";
import { createRwt, type SignOptions, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
let time = 1_800_000_000;
const now = (): number => time;
const MINUTE = 60;

interface Limits {
  readonly maxSessions?: number;
  readonly onLimit?: "endOldest" | "reject";
  readonly wrap?: (store: TokenStore) => TokenStore;
}
function serviceWith({ maxSessions = 2, onLimit = "endOldest", wrap = (store) => store }: Limits = {}) {
  const store = wrap(memoryStore({ now }));
  return createRwt<string>({ store, secret, now }).with(sessions({ maxSessions, onLimit }));
}
type Service = ReturnType<typeof serviceWith>;
type Headers = Readonly<Record<string, string>>;

/** Signs in, and gives the token or the status of a refusal. */
type SignIn = (rwt: Service, headers?: Headers, options?: SignOptions) => Promise<string>;
const subject = "42";
const from = ["bearer", "cookie"] as const;

const faces: Readonly<Record<string, SignIn>> = {
  async Hono(rwt, headers = {}, options = { subject }) {
    const app = new Hono();
    app.post("/", rwtCarrier({ rwt, from }), async (c) => c.text(await signIn(c, "Ada", options)));
    app.onError((error, c) =>
      c.text("code" in error ? `${error.code}` : "status" in error ? `${error.status}` : "500"),
    );
    return (await app.request("/", { method: "POST", headers })).text();
  },
  async requestAuth(rwt, headers = {}, options = { subject }) {
    const request = new Request("http://localhost/", { method: "POST", headers });
    try {
      const answer = await requestAuth<string>({ rwt, from }).signIn(request, "Ada", options);
      return answer instanceof Response ? `${answer.status}` : answer.token;
    } catch (error) {
      return `${(error as { code?: string }).code}`;
    }
  },
};
const cookie = (...tokens: readonly string[]): Headers => ({
  Cookie: tokens.map((token) => `__Host-rwt=${token}`).join("; "),
});
const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}` });
const lives = async (rwt: Service, ...tokens: readonly string[]): Promise<boolean[]> =>
  Promise.all(tokens.map(async (token) => (await rwt.verify(token)) !== null));
const countOf = async (rwt: Service): Promise<number> => (await rwt.list(subject)).sessions.length;

describe.each(Object.entries(faces))("a sign-in over a live session counts as one, by %s", (_, signIn) => {
  test.each(["endOldest", "reject"] as const)("with onLimit %s, as often as it comes", async (onLimit) => {
    const rwt = serviceWith({ onLimit });
    const phone = await signIn(rwt);
    time += MINUTE;
    let laptop = await signIn(rwt);
    for (let again = 0; again < 5; again++) {
      time += MINUTE;
      const fresh = await signIn(rwt, cookie(laptop));
      expect(await lives(rwt, phone, laptop, fresh)).toEqual([true, false, true]);
      laptop = fresh;
    }
    expect(await countOf(rwt)).toBe(2);
  });

  test.each(["endOldest", "reject"] as const)(
    "where there may be one alone, with onLimit %s",
    async (onLimit) => {
      const rwt = serviceWith({ maxSessions: 1, onLimit });
      const first = await signIn(rwt);
      const second = await signIn(rwt, cookie(first));
      expect(await lives(rwt, first, second)).toEqual([false, true]);
      expect(await countOf(rwt)).toBe(1);
    },
  );

  test("whether by cookie or by header, rotated or among dead ones", async () => {
    for (const carried of [
      async (_: Service, token: string) => bearer(token),
      async (rwt: Service, token: string) => cookie(`${await rwt.rotate(token, { grace: 10 })}`),
      async (rwt: Service, token: string) => {
        await rwt.rotate(token, { grace: 10 });
        return cookie(token);
      },
      async (_: Service, token: string) => cookie("junk", `${token.slice(0, -2)}xx`, token),
    ]) {
      const rwt = serviceWith({ onLimit: "reject" });
      const phone = await signIn(rwt);
      const laptop = await signIn(rwt);
      const fresh = await signIn(rwt, await carried(rwt, laptop));
      expect(await lives(rwt, phone, laptop, fresh)).toEqual([true, false, true]);
    }
  });

  test("and two that come along make room for one", async () => {
    const rwt = serviceWith({ onLimit: "reject" });
    const [one, two] = [await signIn(rwt), await signIn(rwt)];
    const fresh = await signIn(rwt, { ...cookie(one), ...bearer(two) });
    expect(await lives(rwt, one, two, fresh)).toEqual([false, false, true]);
    expect(await countOf(rwt)).toBe(1);
  });

  test("but a forged token, another person's or a dead one makes no room", async () => {
    const rwt = serviceWith({ onLimit: "reject" });
    const [one, two] = [await signIn(rwt), await signIn(rwt)];
    const others = await rwt.sign("Grace", { subject: "43" });
    const dead = await createRwt({ store: memoryStore(), secret, now }).sign("Ada", { subject });
    for (const token of [`${one.slice(0, -2)}xx`, others, dead, "junk"]) {
      expect(await signIn(rwt, cookie(token))).toBe("ERR_RWT_SESSION_LIMIT");
      expect(await lives(rwt, one, two)).toEqual([true, true]);
    }
    // It was refused before anything was ended.
    expect(await lives(rwt, others)).toEqual([true]);
  });

  test("there is no moment without a session: the new one comes first", async () => {
    const calls: string[] = [];
    const wrap = (inner: TokenStore): TokenStore => ({
      ...inner,
      async create(...args) {
        calls.push("create");
        await inner.create(...args);
      },
      async destroy(...args) {
        calls.push("destroy");
        return inner.destroy(...args);
      },
    });
    const rwt = serviceWith({ wrap });
    const first = await rwt.sign("Ada");
    calls.length = 0;
    await signIn(rwt, cookie(first), {});
    expect(calls).toEqual(["create", "destroy"]);
  });

  test.each([
    ["at once", 1],
    ["as soon as the store answers again", 2],
  ])("where the old one can't be ended, the new one is taken back: %s", async (_, outage) => {
    let failures = 0;
    const wrap = (inner: TokenStore): TokenStore => ({
      ...inner,
      destroy: (...args) =>
        failures-- > 0
          ? Promise.reject(new StoreUnavailableError("timeout", "no answer"))
          : inner.destroy(...args),
    });
    const rwt = serviceWith({ wrap, maxSessions: 5 });
    const first = await rwt.sign("Ada", { subject });
    failures = outage;
    expect(await signIn(rwt, cookie(first))).toBe("503");
    await expect.poll(() => countOf(rwt), { timeout: 5000 }).toBe(1);
    expect(await lives(rwt, first)).toEqual([true]);
  });
});

describe("sign's replaces", () => {
  test("doesn't end them by itself", async () => {
    const rwt = serviceWith({ onLimit: "reject", maxSessions: 1 });
    const first = await rwt.sign("Ada", { subject });
    const second = await rwt.sign("Ada", { subject, replaces: [first] });
    expect(await lives(rwt, first, second)).toEqual([true, true]);
    await rwt.destroy(first);
    await expect(rwt.sign("Ada", { subject, replaces: [first] })).rejects.toMatchObject({
      code: "ERR_RWT_SESSION_LIMIT",
    });
  });

  test.each([
    ["reject", 1],
    ["reject", 3],
    ["endOldest", 1],
    ["endOldest", 3],
  ] as const)("doesn't lift the limit for many at the same time: %s, %i", async (onLimit, maxSessions) => {
    const rwt = serviceWith({ onLimit, maxSessions });
    const tokens: string[] = [];
    for (let i = 0; i < maxSessions; i++) tokens.push(await rwt.sign("Ada", { subject }));
    const replaces = tokens.slice(-1);
    const many = Array.from({ length: 12 }, () => rwt.sign("Ada", { subject, replaces }));
    const outcomes = await Promise.allSettled(many);
    // The one that is replaced lives until it is ended.
    expect((await rwt.list(subject)).sessions).toHaveLength(maxSessions + 1);
    const signed = outcomes.filter(({ status }) => status === "fulfilled");
    expect(signed).toHaveLength(onLimit === "reject" ? 1 : 12);
    await rwt.destroy(replaces[0]);
    expect((await rwt.list(subject)).sessions).toHaveLength(maxSessions);
  });

  test("means nothing without a limit, and no token reaches the store", async () => {
    const seen: unknown[] = [];
    const inner = memoryStore({ now });
    const create: TokenStore["create"] = async (...args) => {
      seen.push(args);
      await inner.create(...args);
    };
    const rwt = createRwt<string>({ store: { ...inner, create }, secret, now });
    const first = await rwt.sign("Ada", { subject });
    const second = await rwt.sign("Ada", { subject, replaces: [first, "junk"] });
    expect(await rwt.verify(second)).not.toBeNull();
    expect(JSON.stringify(seen)).not.toContain(first);
    expect(seen).toHaveLength(2);
  });

  test.each(["rwt_…", {}, 1, null])("is an array: not %j", async (replaces) => {
    const rwt = createRwt({ store: memoryStore(), secret });
    await expect(rwt.sign(1, { replaces } as never)).rejects.toMatchObject({
      code: "ERR_RWT_OPTION_TYPE",
      option: "replaces",
    });
  });
});

test.each([
  [null, "signIn's options"],
  [[], "signIn's options"],
  [{ replaces: ["rwt_"] }, "replaces"],
  [{ persist: true }, "persist"],
])("options %j of signIn are refused by name, and nothing is signed", async (options, option) => {
  const rwt = serviceWith();
  const signingIn = requestAuth<string>({ rwt }).signIn(
    { method: "POST", headers: {} },
    "Ada",
    options as never,
  );
  await expect(signingIn).rejects.toMatchObject({ option });
});
