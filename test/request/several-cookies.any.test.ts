import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { rwtAuth, rwtCarrier, signIn, signOut } from "../../src/hono/index.ts";
import { createRwt, type TokenStore } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const inner = memoryStore();
/** What a store was asked since it was read last. */
let asked: string[] = [];
const counting: TokenStore = {
  ...inner,
  check: (...args) => {
    asked.push("check");
    return inner.check(...args);
  },
  destroy: (...args) => {
    asked.push("destroy");
    return inner.destroy(...args);
  },
};
const rwt = createRwt<string>({ store: counting, secret });
const from = ["bearer", "cookie"] as const;
const cookie = { name: "sid" };

const app = new Hono();
const carried = rwtCarrier({ rwt, from, cookie });
app.get("/me", rwtAuth({ rwt, from, cookie }), (c) => c.text(c.var.session.data));
app.post("/login", carried, async (c) => c.text(await signIn(c, "Ada")));
app.post("/logout", carried, async (c) => c.json(await signOut(c)));
app.onError((error) =>
  "getResponse" in error ? (error as { getResponse(): Response }).getResponse() : Promise.reject(error),
);
const auth = requestAuth<string>({ rwt, from, cookie });

type Headers = Readonly<Record<string, string>>;
interface Face {
  readonly me: (headers: Headers) => Promise<string | number>;
  readonly login: (headers: Headers) => Promise<string>;
  readonly logout: (headers: Headers) => Promise<boolean>;
}
const request = (headers: Headers): Request => new Request("http://localhost/", { method: "POST", headers });
const passed = <Answer>(answer: Answer | Response): Answer =>
  answer instanceof Response ? expect.fail(`refused with ${answer.status}`) : answer;

const faces: Readonly<Record<string, Face>> = {
  Hono: {
    async me(headers) {
      const answer = await app.request("/me", { headers });
      return answer.ok ? answer.text() : answer.status;
    },
    login: async (headers) => (await app.request("/login", { method: "POST", headers })).text(),
    logout: async (headers) => (await app.request("/logout", { method: "POST", headers })).json(),
  },
  requestAuth: {
    async me(headers) {
      const answer = await auth.authenticate(request(headers));
      return answer instanceof Response ? answer.status : answer.data;
    },
    login: async (headers) => passed(await auth.signIn(request(headers), "Ada")).token,
    logout: async (headers) => passed(await auth.signOut(request(headers))).ended,
  },
};

const cookies = (...tokens: readonly string[]): Headers => ({
  Cookie: tokens.map((token) => `sid=${token}`).join("; "),
});
/** A session of another store's, which is dead here: a genuine token costs nothing to make. */
const elsewhere = createRwt<string>({ store: memoryStore(), secret });
const dead = (): Promise<string> => elsewhere.sign("Gone");
const many = <Item>(count: number, make: (i: number) => Item): Promise<Awaited<Item>[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));
/** Each another token whose tag is wrong. */
const forge = (token: string, i: number): string =>
  token.slice(0, 40) + String(i).padStart(4, "A") + token.slice(44);

async function counted<Result>(work: () => Promise<Result>): Promise<[Result, string[]]> {
  asked = [];
  const result = await work();
  return [result, asked];
}
const times = (count: number, what: string): string[] => Array.from({ length: count }, () => what);

describe.each(Object.entries(faces))("several cookies of the name, by %s", (_, { me, login, logout }) => {
  test("the first one that lives counts, wherever it stands among four", async () => {
    const [live, other] = [await rwt.sign("Ada"), await rwt.sign("Grace")];
    const gone = await many(3, dead);
    for (let place = 0; place < 4; place++) {
      const tokens = [...gone.slice(0, place), live, ...gone.slice(place)];
      expect(await counted(() => me(cookies(...tokens)))).toEqual(["Ada", times(place + 1, "check")]);
    }
    expect(await me(cookies(live, other))).toBe("Ada");
    expect(await me(cookies(other, live))).toBe("Grace");
    expect(await counted(() => me(cookies(...gone)))).toEqual([401, times(3, "check")]);
  });

  test("no more than four are asked about, each of them once", async () => {
    const gone = await many(200, dead);
    const live = await rwt.sign("Ada");
    expect(await counted(() => me(cookies(...gone, live)))).toEqual([401, times(4, "check")]);
    const [first = ""] = gone;
    expect(await counted(() => me(cookies(...times(200, first), live)))).toEqual(["Ada", times(2, "check")]);
  });

  test("forged ones and junk are asked about by nobody, and push none out", async () => {
    const live = await rwt.sign("Ada");
    const forged = Array.from({ length: 60 }, (_, i) => forge(live, i));
    const junk = Array.from({ length: 60 }, (_, i) => `junk-${i}`);
    expect(await counted(() => me(cookies(...junk, ...forged, live)))).toEqual(["Ada", ["check"]]);
    expect(await counted(() => me(cookies(...junk, ...forged)))).toEqual([401, []]);
    expect(await counted(() => logout(cookies(...forged, ...junk, live)))).toEqual([true, ["destroy"]]);
    expect(await counted(() => logout(cookies(...forged, ...junk)))).toEqual([false, []]);
  });

  test("a sign-out ends four at most, each of them once", async () => {
    const live = await rwt.sign("Ada");
    expect(await counted(() => logout(cookies(...times(200, live))))).toEqual([true, ["destroy"]]);
    const lives = await many(6, () => rwt.sign("Ada"));
    const headers = { ...cookies(...lives.slice(1)), Authorization: `Bearer ${lives[0]}` };
    expect(await counted(() => logout(headers))).toEqual([true, times(4, "destroy")]);
    expect((await many(6, (i) => rwt.verify(lives[i]))).filter(Boolean)).toHaveLength(2);
  });

  test("a sign-in ends the lives of all that came along", async () => {
    const lives = await many(3, () => rwt.sign("Mallory"));
    const [bearer = "", ...others] = lives;
    const token = await login({ ...cookies(await dead(), ...others), Authorization: `Bearer ${bearer}` });
    for (const life of lives) expect(await rwt.verify(life)).toBeNull();
    expect((await rwt.verify(token))?.data).toBe("Ada");
  });

  test("a bearer token that is dead is not made up for by a cookie", async () => {
    const headers = { ...cookies(await rwt.sign("Ada")), Authorization: `Bearer ${await dead()}` };
    expect(await me(headers)).toBe(401);
  });
});

test("an older token of the same session, left over in another scope, is no theft", async () => {
  const stolen: unknown[] = [];
  let time = 1_800_000_000;
  const now = () => time;
  const rotating = createRwt<string>({ store: memoryStore({ now }), secret, now }).with(
    sessions({ onEvent: (event) => stolen.push(event) }),
  );
  const { authenticate } = requestAuth({ rwt: rotating, from: ["cookie"], cookie });
  const old = await rotating.sign("Ada");
  const fresh = `${await rotating.rotate(old, { retry: false })}`;
  for (const after of [0, 5, 60, 600]) {
    time += after;
    expect(await authenticate(request(cookies(old, fresh)))).toMatchObject({ data: "Ada" });
  }
  expect(stolen).toEqual([]);
  // Alone, it is one.
  expect(await authenticate(request(cookies(old)))).toMatchObject({ status: 401 });
  expect(stolen).toHaveLength(1);
});

test("those of different sessions keep their order, however often each was rotated", async () => {
  const rotating = createRwt<string>({ store: memoryStore(), secret }).with(sessions());
  const { authenticate } = requestAuth({ rwt: rotating, from: ["cookie"], cookie });
  const first = await rotating.sign("Ada");
  const old = await rotating.sign("Grace");
  const fresh = `${await rotating.rotate(old)}`;
  expect(await authenticate(request(cookies(first, fresh)))).toMatchObject({ data: "Ada" });
  expect(await authenticate(request(cookies(first, old, fresh)))).toMatchObject({ data: "Ada" });
  expect(await authenticate(request(cookies(old, first, fresh)))).toMatchObject({ data: "Grace" });
});

test("a wrapper of the caller's own, which can't tell what is forged, is asked about four", async () => {
  const seen: string[] = [];
  const wrapper = {
    ...rwt,
    verify: (token: string | null | undefined) => {
      seen.push(`${token}`);
      return rwt.verify(token);
    },
  };
  const { authenticate } = requestAuth({ rwt: wrapper, from: ["cookie"], cookie });
  const live = await rwt.sign("Ada");
  expect(await authenticate(request(cookies("a", "b", "a", live, "c")))).toMatchObject({ data: "Ada" });
  expect(seen).toEqual(["a", "b", live]);
  expect(await authenticate(request(cookies("a", "b", "c", "d", live)))).toMatchObject({ status: 401 });
});
