import { describe, expect, test } from "vitest";
import { encryptedStore } from "../../src/encryption/index.ts";
import { createRwt, type TokenStore } from "../../src/index.ts";
import { createRwtWithSessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { storeContract } from "../../src/testing/index.ts";
import { conformance } from "../conformance/cases.ts";
import { createTimeMachine } from "../conformance/time-machine.ts";

const secret = "the secret of these tests, 32 bytes or more";
const older = "the secret before that, 32 bytes or more";
const user = { id: "42", name: "Zoë 🎟" };

/** A memory store whose entries can be looked at and changed, as by someone who writes to Redis. */
function openedUp() {
  const store = memoryStore();
  const keys: string[] = [];
  const inner: TokenStore & typeof store = {
    ...store,
    create(entry, options) {
      keys.push(entry.key);
      return store.create(entry, options);
    },
    space: {
      ...store.space,
      put(key, ...rest) {
        keys.push(key);
        store.space.put(key, ...rest);
      },
    },
  };
  const last = () => keys.at(-1) ?? expect.fail();
  return {
    inner,
    last,
    get: (key = last()) => store.space.get(key) ?? expect.fail(),
    put: (value: string, key = last()) => store.space.put(key, value, 60),
  };
}

describe("an encrypted store keeps the contract of a store", () => {
  const clock = createTimeMachine();
  const store = encryptedStore(memoryStore({ now: clock.now }), { secret });
  for (const { name, run } of storeContract({ advance: clock.advance })) test(name, () => run(store));
});

describe("a token service over an encrypted store", () => {
  const clock = createTimeMachine();
  const store = encryptedStore(memoryStore({ now: clock.now }), { secret });
  for (const { name, run } of conformance) {
    test(name, () => run({ createRwt, openStore: () => store, ...clock }));
  }
});

test("what is signed comes back, and the store within holds none of it", async () => {
  const { inner, get } = openedUp();
  const rwt = createRwt({ store: encryptedStore(inner, { secret }), secret });
  const options = { subject: "zoë@example.org", meta: { device: "iPad" } };
  for (const data of [user, false, 0, "", null, [], { deep: [{}] }]) {
    const token = await rwt.sign(data, options);
    expect(await rwt.verify(token)).toMatchObject({ data, ...options });
    expect(get()).toMatch(/^e1\.[\w-]+$/);
    expect(await rwt.extend(token)).toBe(true);
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
  }
});

test("a value of which any character was changed is no session", async () => {
  const { inner, get, put } = openedUp();
  const rwt = createRwt({ store: encryptedStore(inner, { secret }), secret });
  const token = await rwt.sign(user);
  const value = get();
  for (let i = "e1.".length; i < value.length; i++) {
    for (const other of ["A", "_", "+", "é"].filter((each) => each !== value[i])) {
      put(value.slice(0, i) + other + value.slice(i + 1));
      expect(await rwt.verify(token), `character ${i}`).toBeNull();
    }
  }
  for (let length = "e1.".length; length < value.length; length++) {
    put(value.slice(0, length));
    expect(await rwt.verify(token), `${length} characters`).toBeNull();
  }
  put(value);
  expect((await rwt.verify(token))?.data).toEqual(user);
});

test("a value that is moved to another session's key is no session there", async () => {
  const { inner, get, put } = openedUp();
  // One moment, and so one deadline.
  const now = () => 1_800_000_000;
  const rwt = createRwt({ store: encryptedStore(inner, { secret }), secret, now });
  const guest = await rwt.sign({ role: "guest" });
  const asGuest = get();
  const admin = await rwt.sign({ role: "admin" });
  put(asGuest);
  expect(await rwt.verify(admin)).toBeNull();
  expect((await rwt.verify(guest))?.data).toEqual({ role: "guest" });
});

test("no two of 10,000 values have the same IV", async () => {
  const ivs = new Set<string>();
  const store = memoryStore();
  const inner: TokenStore = {
    ...store,
    async create({ value }) {
      ivs.add(value.slice("e1.".length, "e1.".length + 16));
      return true;
    },
  };
  const rwt = createRwt({ store: encryptedStore(inner, { secret }), secret });
  for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 100 }, () => rwt.sign(user)));
  expect(ivs.size).toBe(10_000);
});

test("turning encryption on, changing the secret and dropping the old one logs nobody out in time", async () => {
  const { inner, get } = openedUp();
  const plain = createRwt({ store: inner, secret: older });
  const first = await plain.sign(1);
  expect(get()).toMatch(/^\{/);

  const decrypting = createRwt({
    store: encryptedStore(inner, { secret: older, encrypt: false }),
    secret: older,
  });
  await decrypting.sign(0);
  expect(get()).toMatch(/^\{/);

  const encrypted = createRwt({ store: encryptedStore(inner, { secret: older }), secret: older });
  const second = await encrypted.sign(2);
  expect(get()).toMatch(/^e1\./);
  expect((await decrypting.verify(first))?.data).toBe(1);
  expect((await decrypting.verify(second))?.data).toBe(2);
  for (const [token, data] of [
    [first, 1],
    [second, 2],
  ] as const) {
    expect((await encrypted.verify(token))?.data).toBe(data);
  }
  // A service without encryption doesn't take it for a logout.
  await expect(plain.verify(second)).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });

  const both = [secret, older];
  const changing = createRwt({ store: encryptedStore(inner, { secret: both }), secret: both });
  const third = await changing.sign(3);
  for (const [token, data] of [
    [first, 1],
    [second, 2],
    [third, 3],
  ] as const) {
    expect((await changing.verify(token))?.data).toBe(data);
  }

  const retired = createRwt({ store: encryptedStore(inner, { secret, acceptPlain: false }), secret });
  expect([await retired.verify(first), await retired.verify(second)]).toEqual([null, null]);
  expect((await retired.verify(third))?.data).toBe(3);
  // Not even those who hold the old token's key: the token opens, the value doesn't.
  const halfway = createRwt({ store: encryptedStore(inner, { secret }), secret: both });
  expect(await halfway.verify(second)).toBeNull();
});

test("with acceptPlain: false, what someone writes to Redis in a session's place is no session", async () => {
  const { inner, put } = openedUp();
  const now = () => 1_800_000_000;
  const forged = JSON.stringify({ v: 1, iat: now(), exp: now() + 60, data: { role: "admin" } });
  const options = { secret, maxLifetime: 60, now };
  const strict = createRwt({
    store: encryptedStore(inner, { secret, acceptPlain: false }),
    ...options,
  });
  const token = await strict.sign({ role: "guest" });
  for (const value of [forged, ` ${forged}`]) {
    put(value);
    expect(await strict.verify(token)).toBeNull();
  }
  const lenient = createRwt({ store: encryptedStore(inner, { secret }), ...options });
  expect((await lenient.verify(token))?.data).toEqual({ role: "admin" });
  for (const value of ["OK", "", "[]"]) {
    put(value);
    await expect(strict.verify(token), value).rejects.toMatchObject({ reason: "reply" });
  }
});

test("the first calls of one tick share what they derive", async () => {
  const rwt = createRwt({ store: encryptedStore(memoryStore(), { secret }), secret });
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => rwt.sign(i)));
  const sessions = await Promise.all(tokens.map((token) => rwt.verify(token)));
  expect(sessions.map((session) => session?.data)).toEqual([...tokens.keys()]);
});

test.each([
  [{}, "ERR_RWT_OPTION_TYPE", "secret"],
  [{ secret: "short" }, "ERR_RWT_OPTION_RANGE", "secret"],
  [{ secret: [] }, "ERR_RWT_OPTION_RANGE", "secret"],
  [{ secret: [secret, 1] }, "ERR_RWT_OPTION_TYPE", "secret"],
  [{ secret, acceptPlain: "no" }, "ERR_RWT_OPTION_TYPE", "acceptPlain"],
  [{ secret, encrypt: 0 }, "ERR_RWT_OPTION_TYPE", "encrypt"],
  [{ secret, encrypt: false, acceptPlain: false }, "ERR_RWT_OPTION_RANGE", "acceptPlain"],
  [{ secret, cipher: "aes" }, "ERR_RWT_OPTION_UNKNOWN", "cipher"],
])("refuses the options %j", (options, code, option) => {
  const make = () => encryptedStore(memoryStore(), options as never);
  expect(make).toThrow(expect.objectContaining({ code, option }));
});

test("refuses what is no store", () => {
  expect(() => encryptedStore({} as never, { secret })).toThrow(
    expect.objectContaining({ code: "ERR_RWT_OPTION_TYPE", option: "store" }),
  );
});

describe("a person's sessions over an encrypted store", () => {
  test("are listed, limited and ended, encrypted or not", async () => {
    const { inner, get } = openedUp();
    const before = createRwt({ store: inner, secret });
    const old = await before.sign(user, { subject: "42", meta: { device: "old" } });
    const rwt = createRwtWithSessions({ store: encryptedStore(inner, { secret }), secret, maxSessions: 3 });
    const phone = await rwt.sign(user, { subject: "42", meta: { device: "phone" } });
    expect(get()).toMatch(/^e1\./);
    const desk = await rwt.sign(user, { subject: "42", meta: { device: "desk" } });
    const { sessions } = await rwt.list("42", { current: desk });
    expect(sessions.map(({ meta }) => meta?.device).sort()).toEqual(["desk", "old", "phone"]);
    const [own] = sessions.filter(({ current }) => current);
    expect(own?.meta).toEqual({ device: "desk" });

    const onPhone = sessions.find(({ meta }) => meta?.device === "phone") ?? expect.fail();
    expect(await rwt.destroyById("42", onPhone.id)).toBe(true);
    expect(await rwt.verify(phone)).toBeNull();
    expect([await rwt.extend(desk), await rwt.destroy(desk), await rwt.verify(desk)]).toEqual([
      true,
      true,
      null,
    ]);
    const more = [];
    for (let i = 0; i < 4; i++) more.push(await rwt.sign(i, { subject: "42" }));
    expect((await rwt.list("42")).sessions).toHaveLength(3);
    expect(await rwt.destroyAll("42", { except: more.at(-1) })).toBe(2);
    expect((await rwt.verify(more.at(-1)))?.data).toBe(3);
    expect(await rwt.destroyAll("42")).toBe(1);
    expect([await rwt.verify(old), await rwt.verify(more.at(-1))]).toEqual([null, null]);
  });

  test("aren't changed within the store: update, updateAll and rotate say so, and leave them as they are", async () => {
    const { inner, get } = openedUp();
    const rwt = createRwtWithSessions({ store: encryptedStore(inner, { secret }), secret });
    const token = await rwt.sign(user, { subject: "42" });
    const value = get();
    const refused = { code: "ERR_RWT_OPTION_TYPE", option: "store" };
    await expect(rwt.update(token, 1)).rejects.toMatchObject(refused);
    await expect(rwt.updateAll("42", 1)).rejects.toMatchObject(refused);
    await expect(rwt.rotate(token)).rejects.toMatchObject(refused);
    // Nor by a service that doesn't know of the encryption.
    const plain = createRwtWithSessions({ store: inner, secret });
    const unavailable = { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "server" };
    await expect(plain.update(token, 1)).rejects.toMatchObject(unavailable);
    await expect(plain.updateAll("42", 1)).rejects.toMatchObject(unavailable);
    await expect(plain.rotate(token, { grace: 10 })).rejects.toMatchObject(unavailable);
    expect(get()).toBe(value);
    expect((await rwt.verify(token))?.data).toEqual(user);
    expect(await plain.destroyAll("42")).toBe(1);
    expect(await rwt.verify(token)).toBeNull();
  });
});
