/** "Sign out everywhere" through `requestAuth`, `cookieAuth` and Hono: what ends, what stays, and what a refusal leaves. */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import { type CookieJar, cookieAuth } from "../../src/cookies/index.ts";
import { encryption } from "../../src/encryption/index.ts";
import { rwtAuth, rwtCarrier, signOutEverywhere } from "../../src/hono/index.ts";
import { createRwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const CLEARED = "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax";
const out = () => Promise.reject(new StoreUnavailableError("network", "out"));

/** A store that counts its scripts and deletions, and may be out for them. */
function countingStore() {
  const store = memoryStore();
  const state = { writes: 0, isOut: false };
  const counting =
    <Args extends unknown[], Result>(method: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> => {
      state.writes++;
      return state.isOut ? out() : method(...args);
    };
  const counted: TokenStore = {
    ...store,
    run: counting(store.run),
    destroy: counting(store.destroy),
    later() {},
  };
  return { store: counted, state };
}

const plain = (store: TokenStore) => createRwt<string>({ store, secret }).with(sessions());
const encrypted = (store: TokenStore) =>
  createRwt<string>({ store, secret }).with(encryption()).with(sessions());

interface Answer {
  readonly status: number;
  readonly cookies: readonly string[];
}
type Service = ReturnType<typeof plain>;
/** The ways to call it with a request's headers. */
const WAYS = {
  async requestAuth(rwt: Service, headers: Record<string, string>): Promise<Answer> {
    const auth = requestAuth<string>({ rwt, from: ["bearer", "cookie"] });
    const request = new Request("https://app.example/", { method: "POST", headers });
    const answer = await auth.signOutEverywhere(request);
    const status = answer instanceof Response ? answer.status : answer.ended ? 200 : 500;
    return { status, cookies: answer.headers.getSetCookie() };
  },
  async Hono(rwt: Service, headers: Record<string, string>): Promise<Answer> {
    const app = new Hono();
    app.post("/", rwtAuth({ rwt, from: ["bearer", "cookie"] }), async (c) =>
      c.body(null, (await signOutEverywhere(c)) ? 200 : 500),
    );
    app.onError((error, c) => (error instanceof HTTPException ? error.getResponse() : c.body(null, 500)));
    const answer = await app.request("https://app.example/", { method: "POST", headers });
    return { status: answer.status, cookies: answer.headers.getSetCookie() };
  },
};
const cookieOf = (...tokens: string[]) => ({ Cookie: tokens.map((one) => `__Host-rwt=${one}`).join("; ") });

describe.each(Object.entries(WAYS))("%s", (_, call) => {
  test.each([
    ["plain", plain],
    ["encrypted", encrypted],
  ])("ends all sessions of the user in one write, and clears the cookie: %s", async (_, serviceOver) => {
    const { store, state } = countingStore();
    const rwt = serviceOver(store) as Service;
    const sign = (subject: string) => rwt.sign(subject, { subject });
    const [desk, phone, other] = [await sign("Ada"), await sign("Ada"), await sign("Bob")];
    state.writes = 0;
    expect(await call(rwt, cookieOf(desk))).toEqual({ status: 200, cookies: [CLEARED] });
    expect(state.writes).toBe(1);
    expect([await rwt.verify(desk), await rwt.verify(phone)]).toEqual([null, null]);
    expect((await rwt.verify(other))?.data).toBe("Bob");
    expect(await call(rwt, cookieOf(desk))).toEqual({ status: 401, cookies: [] });
  });

  test("takes a bearer token too, and clears a cookie that is left over", async () => {
    const rwt = plain(memoryStore());
    const [desk, phone] = [await rwt.sign("Ada", { subject: "1" }), await rwt.sign("Ada", { subject: "1" })];
    expect(await call(rwt, { Authorization: `Bearer ${desk}` })).toEqual({ status: 200, cookies: [CLEARED] });
    expect(await rwt.verify(phone)).toBeNull();
  });

  test("ends the session alone if it has no subject", async () => {
    const rwt = plain(memoryStore());
    const [own, other] = [await rwt.sign("a guest"), await rwt.sign("another guest")];
    expect(await call(rwt, cookieOf(own))).toEqual({ status: 200, cookies: [CLEARED] });
    expect([await rwt.verify(own), (await rwt.verify(other))?.data]).toEqual([null, "another guest"]);
  });

  test("of two cookies, the live one decides, and the session of the other ends as well", async () => {
    const rwt = plain(memoryStore());
    const sign = (subject: string) => rwt.sign(subject, { subject });
    const [dead, ada, phone, bob, bobsPhone] = [
      await sign("Ada"),
      await sign("Ada"),
      await sign("Ada"),
      await sign("Bob"),
      await sign("Bob"),
    ];
    await rwt.destroy(dead);
    expect((await call(rwt, cookieOf(dead, ada, bob))).status).toBe(200);
    expect([await rwt.verify(ada), await rwt.verify(phone), await rwt.verify(bob)]).toEqual([
      null,
      null,
      null,
    ]);
    expect((await rwt.verify(bobsPhone))?.data).toBe("Bob");
  });

  test("another site's page ends nothing: 403, and the cookie stays", async () => {
    const rwt = plain(memoryStore());
    const token = await rwt.sign("Ada", { subject: "1" });
    for (const from of [{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "same-site" }])
      expect(await call(rwt, { ...cookieOf(token), ...from })).toEqual({ status: 403, cookies: [] });
    expect((await rwt.verify(token))?.data).toBe("Ada");
  });

  test("no token, or a dead one: 401", async () => {
    const rwt = plain(memoryStore());
    const dead = await rwt.sign("Ada", { subject: "1" });
    const live = await rwt.sign("Ada", { subject: "1" });
    await rwt.destroy(dead);
    for (const headers of [{}, cookieOf(dead), cookieOf("rwt_forged")])
      expect(await call(rwt, headers)).toEqual({ status: 401, cookies: [] });
    expect((await rwt.verify(live))?.data).toBe("Ada");
  });

  test("while the store is out: 503, the cookie stays, and the same request works afterwards", async () => {
    const { store, state } = countingStore();
    const rwt = plain(store);
    const sign = (subject: string) => rwt.sign(subject, { subject });
    const [desk, phone, bob] = [await sign("Ada"), await sign("Ada"), await sign("Bob")];
    state.isOut = true;
    expect(await call(rwt, cookieOf(desk, bob))).toEqual({ status: 503, cookies: [] });
    state.isOut = false;
    expect(await call(rwt, cookieOf(desk, bob))).toEqual({ status: 200, cookies: [CLEARED] });
    for (const token of [desk, phone, bob]) expect(await rwt.verify(token)).toBeNull();
  });

  test("a service without sessions() is told what to add", async () => {
    const bare = createRwt<string>({ store: memoryStore(), secret });
    const headers = cookieOf(await bare.sign("Ada", { subject: "1" }));
    const answer = await call(bare as Service, headers).catch((error) => error);
    if (answer instanceof Error) expect(answer).toMatchObject({ option: "rwt" });
    else expect(answer).toEqual({ status: 500, cookies: [] });
    expect((await bare.verify(headers.Cookie.split("=")[1]))?.data).toBe("Ada");
  });
});

test("Hono's, behind rwtCarrier, ends nothing without a live session, and keeps the cookie", async () => {
  const rwt = plain(memoryStore());
  const app = new Hono();
  app.post("/", rwtCarrier({ rwt, from: ["cookie"] }), async (c) => c.json(await signOutEverywhere(c)));
  const headers = cookieOf("rwt_forged");
  const answer = await app.request("/", { method: "POST", headers });
  expect([await answer.json(), answer.headers.getSetCookie()]).toEqual([false, []]);
});

describe("over a cookie jar", () => {
  function jarWith(token: string) {
    const kept = new Map([["__Host-rwt", token]]);
    const jar: CookieJar = {
      get: (name) => kept.get(name),
      set: (name, value) => (value === "" ? kept.delete(name) : kept.set(name, value)),
    };
    return { jar, kept };
  }

  test("it ends all sessions of the user, and clears the cookie", async () => {
    const rwt = plain(memoryStore());
    const { signOutEverywhere: leave } = cookieAuth<string>({ rwt });
    const [desk, phone] = [await rwt.sign("Ada", { subject: "1" }), await rwt.sign("Ada", { subject: "1" })];
    const { jar, kept } = jarWith(desk);
    expect(await leave(jar)).toBe(true);
    expect([kept.size, await rwt.verify(desk), await rwt.verify(phone)]).toEqual([0, null, null]);
  });

  test("without a live session, or while the store is out, the cookie stays", async () => {
    const { store, state } = countingStore();
    const rwt = plain(store);
    const { signOutEverywhere: leave } = cookieAuth<string>({ rwt });
    const stranger = jarWith("rwt_forged");
    expect([await leave(stranger.jar), stranger.kept.size]).toEqual([false, 1]);
    const token = await rwt.sign("Ada", { subject: "1" });
    const { jar, kept } = jarWith(token);
    state.isOut = true;
    await expect(leave(jar)).rejects.toMatchObject({ reason: "network" });
    expect(kept.size).toBe(1);
    state.isOut = false;
    expect([await leave(jar), kept.size]).toEqual([true, 0]);
  });
});
