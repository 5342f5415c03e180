import { describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { plant, redisKeysOf, valueAt } from "../token/stored.ts";
import { opened, secret } from "./opened.ts";

test("a line with any character changed opens no session", async () => {
  const { rwt, lines, put } = opened();
  const token = await rwt.sign({ a: 1 }, { meta: { b: 2 } });
  const [header = "", ...sealed] = await lines(token);
  for (const at of [0, 1]) {
    const value = sealed[at] ?? "";
    const changed = async (line: string) => {
      await put(token, [header, ...sealed.with(at, line)]);
      return rwt.verify(token);
    };
    for (let i = "e1.".length; i < value.length; i++) {
      for (const other of ["A", "_", "+", "é"].filter((each) => each !== value[i]))
        expect(await changed(value.slice(0, i) + other + value.slice(i + 1)), `${at}, ${i}`).toBeNull();
    }
    for (let length = "e1.".length; length < value.length; length++)
      expect(await changed(value.slice(0, length)), `${at}, ${length} characters`).toBeNull();
  }
  await put(token, [header, ...sealed]);
  expect((await rwt.verify(token))?.data).toEqual({ a: 1 });
});

describe("a line is bound to its place", () => {
  test("data or facts that were moved from elsewhere open no session", async () => {
    // The clock stands still, so that both have the same iat.
    const { rwt, lines, put } = opened({ now: () => 1_800_000_000 });
    const guest = await rwt.sign({ role: "guest" });
    const admin = await rwt.sign({ role: "admin" });
    const [header = "", facts = "", data = ""] = await lines(guest);
    const [, adminsFacts = "", adminsData = ""] = await lines(admin);
    for (const moved of [
      [header, facts, adminsData],
      [header, adminsFacts, data],
      [header, data, facts],
      [header, facts, facts],
      [header, data, data],
    ]) {
      await put(guest, moved);
      expect(await rwt.verify(guest)).toBeNull();
    }
    await put(guest, [header, facts, data]);
    expect((await rwt.verify(guest))?.data).toEqual({ role: "guest" });
  });

  test("facts are bound to the time of the sign, so that nobody can change it", async () => {
    const { rwt, lines, put } = opened({ now: () => 1_800_000_000 });
    const token = await rwt.sign(1);
    const [header = "", ...sealed] = await lines(token);
    await put(token, [header.replace("1800000000", "1700000000"), ...sealed]);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("a person's data can't be moved to a session or to another person", async () => {
    const { store, rwt, lines, put } = opened();
    const [ada, grace] = [await rwt.sign("a", { subject: "Ada" }), await rwt.sign("g", { subject: "Grace" })];
    for (const subject of ["Ada", "Grace"]) await rwt.updateAll(subject, `all of ${subject}'s`);
    const persons = await Promise.all(
      [ada, grace].map(async (token) => (await redisKeysOf(secret, token)).person),
    );
    const [adas = "", graces = ""] = persons;
    const [own = "", other = ""] = await Promise.all([adas, graces].map((key) => valueAt(store, key)));
    const [head = "", line = ""] = (own ?? "").split("\n");
    await plant(store, adas, `${head}\n${other?.split("\n")[1]}`);
    expect(await rwt.verify(ada)).toBeNull();
    await plant(store, adas, own ?? "");
    expect((await rwt.verify(ada))?.data).toBe("all of Ada's");
    const [header = "", facts = ""] = await lines(ada);
    await put(ada, [`${header.slice(0, 55)}00000001${header.slice(63)}`, facts, line]);
    expect(await rwt.verify(ada)).toBeNull();
  });
});

describe("with acceptPlain: false", () => {
  test("a plain line that someone writes to Redis opens no session", async () => {
    const { store, rwt: strict, lines, put } = opened({}, false);
    const lenient = createRwt({ store, secret }).with(encryption());
    const token = await strict.sign({ role: "guest" }, { meta: { a: 1 } });
    const [header = "", facts = "", data = ""] = await lines(token);
    for (const forged of [
      [header, facts, '{"role":"admin"}'],
      [header, '{"sub":"admin"}', data],
      [header, "{}", "1"],
    ]) {
      await put(token, forged);
      expect(await strict.verify(token)).toBeNull();
      expect(await lenient.verify(token)).not.toBeNull();
    }
    for (const value of ["OK", "[]", '{"role":"admin"}']) {
      await put(token, [value]);
      await expect(strict.verify(token), value).rejects.toMatchObject({ reason: "reply" });
    }
  });

  test("a plain line for all of a person's sessions opens none either", async () => {
    const { store, rwt: strict } = opened({}, false);
    const token = await strict.sign("guest", { subject: "Ada" });
    const { person = "" } = await redisKeysOf(secret, token);
    const [head = ""] = ((await valueAt(store, person)) ?? "").split("\n");
    await plant(store, person, `${head.slice(0, 14)}00000007${head.slice(22)}\n"admin"`);
    expect(await strict.verify(token)).toBeNull();
  });

  test("what a service with the same secrets encrypts is read, after every kind of change", async () => {
    const { rwt: strict } = opened({}, false);
    const token = await strict.sign({ n: 1 }, { subject: "Ada" });
    expect(await strict.update(token, (data: unknown) => ({ ...(data as object), m: 2 }))).toBe(true);
    const rotated = await strict.rotate(token);
    expect((await strict.verify(rotated))?.data).toEqual({ n: 1, m: 2 });
    expect(await strict.updateAll("Ada", "all")).toBe(true);
    expect((await strict.verify(rotated))?.data).toBe("all");
    expect((await strict.list("Ada")).sessions).toHaveLength(1);
  });
});
