/** Values in Redis that this version didn't write: those of later versions, garbage, and additions of later versions. */
import { afterEach, describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { expectExpiries, freshSubject, type SessionsRwt, secret, serviceOn, twoBenches } from "./fixture.ts";
import { headerOf, keysOf, personKeysOf, rawOf } from "./values.ts";

type Call = (rwt: SessionsRwt, token: string, subject: string) => Promise<unknown>;

/** Each call with its answer if there is no session. */
const OF_A_TOKEN: [string, Call, unknown][] = [
  ["verify", (rwt, token) => rwt.verify(token), null],
  ["extend", (rwt, token) => rwt.extend(token), false],
  ["update", (rwt, token) => rwt.update(token, 2), false],
  ["update with a function", (rwt, token) => rwt.update(token, () => 2), false],
  ["rotate", (rwt, token) => rwt.rotate(token), null],
  ["reauthenticate", (rwt, token) => rwt.reauthenticate(token, {}), null],
  [
    "destroyById",
    async (rwt, token, subject) => rwt.destroyById(subject, (await rwt.idOf(token)) ?? ""),
    false,
  ],
];
const OF_A_PERSON: [string, Call, unknown][] = [
  ["list", async (rwt, _, subject) => (await rwt.list(subject)).sessions, []],
  ["updateAll", (rwt, _, subject) => rwt.updateAll(subject, 2), false],
  ["updateAll with a function", (rwt, _, subject) => rwt.updateAll(subject, () => 2), false],
  ["destroyAll", (rwt, _, subject) => rwt.destroyAll(subject), false],
];
const DESTROY: [string, Call, unknown] = ["destroy", (rwt, token) => rwt.destroy(token), false];

const HEADER = "1 1795000000 AAAAAAAAAAA 00000 1 0000000000 0000000000 00000000 00000000";
const GARBAGE = [
  "x",
  '{"data":1}',
  "1",
  "1 ",
  "1\n{}\n1",
  HEADER.slice(0, -1),
  HEADER.replace(" 00000 ", "  0000 "),
  HEADER.replace("1795000000", " 795000000"),
  HEADER.replace("1795000000", "-795000000"),
  HEADER.replace("1795000000", "٠795000000"),
  HEADER.replace("AAAAAAAAAAA", "AAAAA.AAAAA"),
  HEADER.replace("AAAAAAAAAAA", "AAAAAAAAAA"),
  HEADER.replace(" 1 0000000000", " x 0000000000"),
  HEADER.replaceAll(" ", "\t"),
  ` ${HEADER}`,
].map((text) => [text]);
const PERSON = "1 AAAAAAAAAAA 00000000";
const GARBAGE_OF_PERSONS = [
  "x",
  "1",
  PERSON.slice(0, -1),
  PERSON.replace(" 0", "  "),
  PERSON.replace("AAAAAAAAAAA", "AAAAA AAAAA"),
  PERSON.replace("00000000", "0000000a"),
  `\n${PERSON}`,
].map((text) => [text]);

const unanswered = { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "reply" };

describe.each(await twoBenches())("values that this version didn't write: $name", (bench) => {
  const { store, admin } = bench;
  const rwt = serviceOn(bench);
  const limited = serviceOn(bench, { maxSessions: 1 });
  const raw = rawOf(store);
  afterEach(() => expectExpiries(admin));

  async function signed() {
    const subject = freshSubject();
    const token = await rwt.sign(1, { subject, meta: { is: "meta" } });
    return { subject, token, ...(await personKeysOf(token)) };
  }

  test.each([["2 whatever comes"], ["2 "], ["10 ten\nlines"], [HEADER.replace("1 ", "7 ")]])(
    "a session of another version counts as none, and isn't changed: %j",
    async (value) => {
      const { subject, token, session } = await signed();
      await raw.set(session, value);
      for (const [name, call, none] of [...OF_A_TOKEN, DESTROY]) {
        expect([name, await call(rwt, token, subject)]).toEqual([name, none]);
        expect([name, await raw.get(session)]).toEqual([name, value]);
      }
      expect((await rwt.list(subject)).sessions).toEqual([]);
      // Neither does cleaning up or making room end it.
      await limited.sign(2, { subject });
      expect(await rwt.destroyAll(subject, { except: token })).toBe(true);
      await limited.sign(3, { subject });
      await rwt.list(subject);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await raw.get(session)).toBe(value);
    },
  );

  test("a person of another version has no sessions, isn't changed, and gets no new ones", async () => {
    const { subject, token, session, person } = await signed();
    const [value, before] = ["2 whatever comes", await raw.get(session)];
    await raw.set(person, value);
    for (const [name, call, none] of [...OF_A_TOKEN, ...OF_A_PERSON]) {
      expect([name, await call(rwt, token, subject)]).toEqual([name, none]);
      expect([name, await raw.get(person)]).toEqual([name, value]);
    }
    for (const service of [rwt, limited]) {
      await expect(service.sign(2, { subject })).rejects.toMatchObject(unanswered);
    }
    expect([await raw.get(session), await raw.get(person)]).toEqual([before, value]);
    expect(await rwt.destroy(token)).toBe(false);
    expect(await raw.get(person)).toBe(value);
  });

  test.each(GARBAGE)("a session with an invalid value is an outage, not a logout: %j", async (value) => {
    const { subject, token, session } = await signed();
    const other = await rwt.sign(2, { subject });
    const anonymous = await rwt.sign(1);
    const { session: alone } = await keysOf(anonymous);
    await raw.set(session, value);
    await raw.set(alone, value);
    for (const [name, call] of [...OF_A_TOKEN, DESTROY]) {
      await expect(call(rwt, token, subject), name).rejects.toMatchObject(unanswered);
    }
    for (const [name, call] of [...OF_A_TOKEN.slice(0, 6), DESTROY]) {
      await expect(call(rwt, anonymous, ""), name).rejects.toMatchObject(unanswered);
    }
    await expect(rwt.destroyAll(subject, { except: token })).rejects.toMatchObject(unanswered);
    // It doesn't affect the person's other sessions, and doesn't prevent sign-ins.
    const listed = await rwt.list(subject, { current: other });
    expect(listed.sessions.map(({ current }) => current)).toEqual([true]);
    const third = await serviceOn(bench, { maxSessions: 2, onLimit: "reject" }).sign(3, { subject });
    expect([(await rwt.verify(other))?.data, (await rwt.verify(third))?.data]).toEqual([2, 3]);
    expect([await raw.get(session), await raw.get(alone)]).toEqual([value, value]);
    // All of the person's sessions can still be ended.
    expect(await rwt.destroyAll(subject)).toBe(true);
  });

  test.each(GARBAGE_OF_PERSONS)("a person with an invalid value is an outage too: %j", async (value) => {
    const { subject, token, person } = await signed();
    await raw.set(person, value);
    for (const [name, call] of [...OF_A_TOKEN, DESTROY, ...OF_A_PERSON]) {
      await expect(call(rwt, token, subject), name).rejects.toMatchObject(unanswered);
    }
    for (const service of [rwt, limited]) {
      await expect(service.sign(2, { subject })).rejects.toMatchObject(unanswered);
    }
    expect(await raw.get(person)).toBe(value);
  });

  test.each([
    ["no further lines", HEADER],
    ["a line 2 alone", `${HEADER}\n{}`],
    ["an empty line 3", `${HEADER}\n{}\n`],
    ["no JSON in line 3", `${HEADER}\n{}\nx`],
    ["no JSON in line 2", `${HEADER}\n{\n1`],
  ])("a session with %s is an outage too", async (_, value) => {
    const token = await rwt.sign(1);
    const { session } = await keysOf(token);
    await raw.set(session, value.replace("AAAAAAAAAAA", "-----------"));
    await expect(rwt.verify(token)).rejects.toMatchObject(unanswered);
  });

  test("a session whose data should come from its person is an outage if the person has none", async () => {
    const { token, person } = await signed();
    await raw.patch(person, 14, "00000001");
    await expect(rwt.verify(token)).rejects.toMatchObject(unanswered);
    await expect(rwt.update(token, () => 2)).rejects.toMatchObject(unanswered);
  });

  test("an epoch of eleven dashes is only valid for tokens without a person, also in scripts", async () => {
    const { subject, token, session, person } = await signed();
    const anonymous = await rwt.sign(1);
    const { session: alone } = await keysOf(anonymous);
    await raw.patch(session, 13, "-----------");
    await raw.patch(person, 2, "-----------");
    await raw.patch(alone, 13, "AAAAAAAAAAA");
    for (const [name, call, none] of OF_A_TOKEN.slice(0, 5)) {
      expect([name, await call(rwt, anonymous, "")]).toEqual([name, none]);
      expect([name, await call(rwt, token, subject)]).toEqual([name, none]);
    }
  });

  test("writes keep what a later version added, on line 1 and as further lines", async () => {
    const { subject, token, session, person } = await signed();
    const [header = "", ...lines] = ((await raw.get(session)) ?? "").split("\n");
    await raw.set(session, [`${header} more`, ...lines, "", "further", "lines"].join("\n"));
    const added = async () => {
      const [first = "", second, third, ...further] = ((await raw.get(session)) ?? "").split("\n");
      return [headerOf(first).rest, second, third, ...further];
    };
    const facts = `{"sub":"${subject}","meta":{"is":"meta"}}`;
    expect(await rwt.update(token, "new")).toBe(true);
    const fresh = await rwt.rotate(token);
    expect((await rwt.verify(fresh))?.data).toBe("new");
    expect(await added()).toEqual([" more", facts, '"new"', "", "further", "lines"]);
    expect((await rwt.verify(fresh))?.auth).toBeUndefined();
    const again = await rwt.reauthenticate(fresh, { at: 5 });
    expect(await added()).toEqual([" more", facts, '"new"', '{"at":5}', "further", "lines"]);

    const [epoch, serial] = (await raw.get(person))?.split(" ").slice(1) ?? [];
    await raw.set(person, `1 ${epoch} ${serial} more\n"all"\nfurther\nlines`);
    expect(await rwt.updateAll(subject, 7)).toBe(true);
    expect(await raw.get(person)).toBe(`1 ${epoch} 00000001 more\n7\nfurther\nlines`);
    expect((await rwt.verify(again))?.data).toBe(7);
    expect(await rwt.destroyAll(subject, { except: again })).toBe(true);
    expect(await raw.get(person)).toMatch(/^1 [\w-]{11} 00000001 more\n7\nfurther\nlines$/);
    expect((await rwt.verify(again))?.data).toBe(7);
    await rwt.sign(8, { subject });
    expect(await rwt.destroyAll(subject)).toBe(true);
    // Line 2 is gone, and the lines after it are still there.
    expect(await raw.get(person)).toMatch(/^1 [\w-]{11} 00000001 more\n\nfurther\nlines$/);
  });

  test("encryption hides lines 2 and 3, and the person's line 2; the headers stay readable", async () => {
    const sealing = createRwt({ store, secret, now: bench.time.now }).with(encryption()).with(sessions());
    const subject = freshSubject();
    const token = await sealing.sign({ mail: "ada@example.org" }, { subject, meta: { device: "iPad" } });
    const { session, person } = await personKeysOf(token);
    const lines = async (key: string) => ((await raw.get(key)) ?? "").split("\n");
    const [header = "", ...sealed] = await lines(session);
    expect(headerOf(header)).toMatchObject({ version: "1", spaces: "        ", rest: "" });
    const line = /^e1\.[\w-]+$/;
    expect(sealed).toEqual([expect.stringMatching(line), expect.stringMatching(line)]);
    expect(await lines(person)).toEqual([expect.stringMatching(/^1 [\w-]{11} 00000000 e1$/)]);
    await sealing.updateAll(subject, "all");
    expect(await lines(person)).toEqual([
      expect.stringMatching(/^1 [\w-]{11} 00000001 e1$/),
      expect.stringMatching(line),
    ]);
    const fresh = await sealing.rotate(token);
    await sealing.update(fresh, "own");
    const [, facts, data] = await lines(session);
    expect([facts, data]).toEqual([sealed[0], expect.stringMatching(line)]);
    expect(data).not.toBe(sealed[1]);
    expect(await sealing.verify(fresh)).toMatchObject({ data: "own", subject, meta: { device: "iPad" } });
  });
});
