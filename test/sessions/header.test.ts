/** The bytes in Redis after each operation, as the wire format describes them. */
import { afterEach, describe, expect, test } from "vitest";
import { benches, expectExpiries, freshSubject, type SessionsRwt, serviceOn } from "./fixture.ts";
import { headerOf, keysOf, rawOf } from "./values.ts";

const all = await benches();

/** What the rows of the table use. */
interface Case {
  readonly rwt: SessionsRwt;
  readonly token: string;
  /** Writes generation, state and times. */
  readonly setGeneration: (to: string) => Promise<unknown>;
}

/** The fields afterwards. A number of seconds stands for Redis's time plus as many seconds. */
interface Expected {
  readonly generation?: string;
  readonly state?: string;
  readonly graceEnd?: number | undefined;
  readonly again?: number;
  readonly serial?: string;
  readonly revision?: string;
  readonly data?: string;
  /** The person's fields. */
  readonly personSerial?: string;
  readonly personData?: string;
  /** Whether the person, and so the session, has a new epoch. */
  readonly epoch?: "another";
}

type Row = [name: string, run: (given: Case) => Promise<unknown>, expected: Expected];

const rotated = { generation: "00001", state: "0", graceEnd: 0, again: 10 };

/** Rows that are the same with and without a subject. */
const ROWS: Row[] = [
  ["sign", async () => {}, {}],
  ["verify", ({ rwt, token }) => rwt.verify(token), {}],
  ["extend", ({ rwt, token }) => rwt.extend(token, { expire: 77 }), {}],
  ["update", ({ rwt, token }) => rwt.update(token, { b: 2 }), { revision: "00000001", data: '{"b":2}' }],
  [
    "update with a function, twice",
    async ({ rwt, token }) => {
      for (const _ of [1, 2]) await rwt.update(token, (data: unknown) => [data]);
    },
    { revision: "00000002", data: '[[{"a":"é"}]]' },
  ],
  ["rotate", ({ rwt, token }) => rwt.rotate(token), rotated],
  [
    "rotate with a grace",
    ({ rwt, token }) => rwt.rotate(token, { grace: 60 }),
    { ...rotated, graceEnd: 60, again: 62 },
  ],
  [
    "rotate with a short grace",
    ({ rwt, token }) => rwt.rotate(token, { grace: 5 }),
    { ...rotated, graceEnd: 5 },
  ],
  [
    "a rotation that is retried",
    async ({ rwt, token }) => {
      await rwt.rotate(token);
      await rwt.rotate(token, { grace: 60 });
    },
    rotated,
  ],
  [
    "rotate, and a verify by the old token",
    async ({ rwt, token }) => {
      await rwt.rotate(token);
      await rwt.verify(token);
    },
    rotated,
  ],
  [
    "rotate, and the first verify by the new token",
    async ({ rwt, token }) => rwt.verify(await rwt.rotate(token)),
    { ...rotated, state: "1" },
  ],
  [
    "rotate, and an extend by the new token",
    async ({ rwt, token }) => rwt.extend(await rwt.rotate(token)),
    { ...rotated, state: "1" },
  ],
  [
    "rotate, and an update by the new token",
    async ({ rwt, token }) => rwt.update(await rwt.rotate(token), 1),
    { ...rotated, state: "1", revision: "00000001", data: "1" },
  ],
  [
    "rotate, and an update by the old token",
    async ({ rwt, token }) => {
      await rwt.rotate(token);
      await rwt.update(token, 1);
    },
    { ...rotated, revision: "00000001", data: "1" },
  ],
  [
    "rotate twice",
    async ({ rwt, token }) => rwt.rotate(await rwt.rotate(token)),
    { ...rotated, generation: "00002" },
  ],
  [
    "rotate without retry",
    ({ rwt, token }) => rwt.rotate(token, { retry: false }),
    { ...rotated, state: "2", graceEnd: undefined },
  ],
  [
    "rotate without retry, and the first use",
    async ({ rwt, token }) => rwt.verify(await rwt.rotate(token, { retry: false })),
    { ...rotated, state: "3", graceEnd: undefined },
  ],
  [
    "a verify by a token whose generation a failover lost",
    async ({ rwt, token, setGeneration }) => {
      const fresh = await rwt.rotate(token, { grace: 600 });
      await setGeneration("00000");
      await rwt.verify(fresh);
    },
    { ...rotated, state: "1", graceEnd: undefined },
  ],
];

/** Rows that need a person. */
const PERSON_ROWS: Row[] = [
  [
    "updateAll",
    ({ rwt }) => rwt.updateAll(subjectOf(rwt), { all: true }),
    { personSerial: "00000001", personData: '{"all":true}' },
  ],
  [
    "updateAll twice, and an update",
    async ({ rwt, token }) => {
      for (const i of [1, 2]) await rwt.updateAll(subjectOf(rwt), i);
      await rwt.update(token, "own");
    },
    { personSerial: "00000002", personData: "2", serial: "00000002", revision: "00000001", data: '"own"' },
  ],
  [
    "destroyAll with except",
    async ({ rwt, token }) => {
      await rwt.updateAll(subjectOf(rwt), 1);
      await rwt.destroyAll(subjectOf(rwt), { except: token });
    },
    { personSerial: "00000001", personData: "1", epoch: "another" },
  ],
];

const subjects = new WeakMap<object, string>();
const subjectOf = (rwt: object): string => subjects.get(rwt) ?? "";

describe.each(all)("the bytes in Redis: $name", (bench) => {
  const { store, admin } = bench;
  const raw = rawOf(store);
  afterEach(() => expectExpiries(admin));

  /** A session that was just signed. */
  async function signed(hasSubject: boolean): Promise<Case> {
    const rwt = serviceOn(bench);
    const subject = hasSubject ? freshSubject() : undefined;
    if (subject !== undefined) subjects.set(rwt, subject);
    const token = await rwt.sign({ a: "é" }, { subject, meta: { is: "meta" } });
    const { session } = await keysOf(token);
    return { rwt, token, setGeneration: (to) => raw.patch(session, 25, to) };
  }

  async function run(hasSubject: boolean, work: Row[1], expected: Expected): Promise<void> {
    const given = await signed(hasSubject);
    const { session, person = "", index = "", member } = await keysOf(given.token);
    const [before, owner] = [headerOf(await raw.get(session)), await raw.get(person)];
    const from = await raw.now();
    await work(given);
    const until = await raw.now();
    /** A time field, given the expected offset in seconds. Redis's clock may have advanced while the operation ran. */
    const timeIn = (field: string | undefined, seconds: number | undefined): string => {
      if (seconds === undefined) return "0".repeat(10);
      const time = Number(field);
      return time >= from + seconds && time <= until + seconds ? String(field) : `now + ${seconds}`;
    };
    const value = await raw.get(session);
    const { graceEnd, again, epoch } = headerOf(value);
    const { generation = "00000", state = "1", serial = "0".repeat(8), revision = "0".repeat(8) } = expected;
    expect(before.epoch).toMatch(hasSubject ? /^[\w-]{11}$/ : /^-{11}$/);
    if (expected.epoch === "another") expect(epoch).not.toBe(before.epoch);
    else expect(epoch).toBe(before.epoch);
    const facts = hasSubject
      ? `{"sub":"${subjectOf(given.rwt)}","meta":{"is":"meta"}}`
      : '{"meta":{"is":"meta"}}';
    const times = `${timeIn(graceEnd, expected.graceEnd)} ${timeIn(again, expected.again)}`;
    expect(value).toBe(
      `1 ${before.iat} ${epoch} ${generation} ${state} ${times} ${serial} ${revision}\n${facts}\n${expected.data ?? '{"a":"é"}'}`,
    );
    if (!hasSubject) return;
    const { personSerial = "0".repeat(8), personData } = expected;
    expect(owner).toBe(`1 ${before.epoch} 00000000`);
    expect(await raw.get(person)).toBe(
      `1 ${epoch} ${personSerial}${personData === undefined ? "" : `\n${personData}`}`,
    );
    expect(await raw.members(index)).toEqual([member]);
    for (const key of [person, index]) expect(await raw.pttl(key)).toBeGreaterThan(2_591_000_000);
  }

  test.each(ROWS)("%s, with a subject and without", async (_, work, expected) => {
    for (const hasSubject of [false, true]) await run(hasSubject, work, expected);
  });

  test.each(PERSON_ROWS)("%s", (_, work, expected) => run(true, work, expected));
});
