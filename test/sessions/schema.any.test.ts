import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { type SessionEvent, type StandardSchema, sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const store = memoryStore();

interface Stored {
  readonly id: string;
  readonly age?: number;
}
interface User {
  readonly id: string;
  readonly age: number;
}

/** The same as zod's `object({ id: string(), age: number().default(0) })`, without zod. */
const schema: StandardSchema<Stored, User> = {
  "~standard": {
    version: 1,
    vendor: "tests",
    async validate(value) {
      const { id, age = 0 } = Object(value) as Partial<Stored>;
      if (typeof id !== "string")
        return { issues: [{ message: `no id in ${JSON.stringify(value)}`, path: ["id"] }] };
      if (typeof age !== "number") return { issues: [{ message: "no number", path: [{ key: "age" }] }] };
      return { value: { id, age } };
    },
  },
};

describe("a schema", () => {
  const events: SessionEvent[] = [];
  const rwt = createRwt({ store, secret }).with(sessions({ schema, onEvent: (event) => events.push(event) }));
  const loose = createRwt({ store, secret });

  test("is checked at sign and update, and errors contain no data", async () => {
    const wrong = { name: "data of a user" } as never;
    const refused = { code: "ERR_RWT_DATA_SCHEMA", message: "data doesn't match the schema, at id" };
    await expect(rwt.sign(wrong)).rejects.toMatchObject(refused);
    const token = await rwt.sign({ id: "1" });
    await expect(rwt.update(token, wrong)).rejects.toMatchObject(refused);
    await expect(rwt.updateAll("1", wrong)).rejects.toMatchObject(refused);
    await expect(rwt.update(token, () => wrong)).rejects.toMatchObject(refused);
    expect((await rwt.verify(token))?.data).toEqual({ id: "1", age: 0 });
  });

  test("passes transformed data to an update function, and accepts untransformed data from it", async () => {
    const token = await rwt.sign({ id: "1" });
    expect(await rwt.update(token, ({ id, age }: User) => ({ id, age: age + 1 }))).toBe(true);
    expect((await loose.verify(token))?.data).toEqual({ id: "1", age: 1 });
  });

  test("transforms at verify, including data that was signed before there was a schema", async () => {
    const token = await loose.sign({ id: "1" }, { subject: "1" });
    const session = await rwt.verify(token);
    const age: number | undefined = session?.data.age;
    expect([age, session?.subject]).toEqual([0, "1"]);
  });

  test("returns null for data that no longer matches, and emits an event without data", async () => {
    events.length = 0;
    const token = await loose.sign({ id: "1", age: "data of a user" }, { subject: "1" });
    expect(await rwt.verify(token)).toBeNull();
    expect(events).toEqual([{ type: "data_mismatch", subject: "1", paths: ["age"] }]);
    expect(await rwt.update(token, ({ id }: User) => ({ id }))).toBe(false);
  });
});

test("a listener that throws neither locks anyone out nor lets anyone in", async () => {
  const listeners = [
    () => {
      throw new Error("of the listener");
    },
    async () => Promise.reject(new Error("of an asynchronous one")),
  ];
  for (const onEvent of listeners) {
    let time = Date.now() / 1000;
    const now = () => time;
    const rwt = createRwt({ store: memoryStore({ now }), secret, now }).with(sessions({ onEvent }));
    const token = await rwt.sign(1);
    const fresh = await rwt.rotate(token);
    expect(await rwt.verify(fresh)).not.toBeNull();
    time += 11;
    expect(await rwt.verify(token)).toBeNull();
    expect(await rwt.verify(fresh)).toBeNull();
  }
});

describe("bad options and arguments", () => {
  const rwt = createRwt({ store, secret }).with(sessions());
  test.each([
    [{ maxSessions: 0 }, "maxSessions"],
    [{ maxSessions: "3" }, "maxSessions"],
    [{ maxSessions: 1001 }, "maxSessions"],
    [{ onLimit: "endNewest" }, "onLimit"],
    [{ schema: {} }, "schema"],
    [{ schema: { "~standard": { version: 2, validate() {} } } }, "schema"],
    [{ onEvent: true }, "onEvent"],
    [{ maxSession: 3 }, "maxSession"],
    [{ secret }, "secret"],
  ])("%j", (options, option) => {
    expect(() => sessions(options as never)).toThrow(expect.objectContaining({ option }));
  });

  test("sessions() can be added once, and only to a service", () => {
    expect(() => rwt.with(sessions({ maxSessions: 3 }))).toThrow("sessions() is there already");
    expect(() => sessions()({ ...rwt } as never)).toThrow(expect.objectContaining({ option: "rwt" }));
  });

  test.each([
    ["list", [""], "subject"],
    ["list", [7], "subject"],
    ["list", ["\ud800"], "subject"],
    ["list", ["1", { limit: 0 }], "limit"],
    ["list", ["1", { limit: 1001 }], "limit"],
    ["list", ["1", { cursor: 7 }], "cursor"],
    ["list", ["1", { cursor: "9" }], "cursor"],
    ["list", ["1", { page: 2 }], "page"],
    ["destroyAll", [undefined], "subject"],
    ["destroyAll", ["1", { keep: "" }], "keep"],
    ["destroyById", ["", "id"], "subject"],
    ["updateAll", ["", 1], "subject"],
    ["rotate", ["", { grace: -1 }], "grace"],
    ["rotate", ["", { grace: 3601 }], "grace"],
    ["rotate", ["", { grace: 1, retry: false }], "grace"],
    ["rotate", ["", { retry: 0 }], "retry"],
    ["rotate", ["", { graze: 1 }], "graze"],
    ["update", ["", 1, { signal: true }], "signal"],
  ] as const)("%s%j", async (name, args, option) => {
    await expect((rwt[name] as (...args: unknown[]) => unknown)(...args)).rejects.toMatchObject({ option });
  });
});
