import { beforeEach, describe, expect, test } from "vitest";
import { events } from "../../src/events/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { commandsOf } from "../support/commandstats.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { coercing } from "../types/schemas.ts";
import { bench, secret } from "./fixture.ts";

const { admin, time, options, seeing, told, events: heard } = await bench();
beforeEach(() => void told());

const subject = "ada";
const unknown = (operation: string, session: string) => ({
  operation,
  type: "rejected",
  reason: "unknown",
  session,
});

describe("a service with sessions", () => {
  const rwt = createRwt<number>(options)
    .with(sessions())
    .with(events({ ...seeing, subjects: true }));

  test("reports a person's sessions with the ids that list shows", async () => {
    const token = await rwt.sign(1, { subject });
    const other = await rwt.sign(2, { subject });
    const [first, second] = told() as [{ session: string }, { session: string }];
    const listed = (await rwt.list(subject)).sessions;
    expect(listed.map(({ id }) => id).sort()).toEqual([first.session, second.session].sort());
    expect(await rwt.update(token, 3)).toBe(true);
    expect(await rwt.updateAll(subject, 4)).toBe(true);
    expect(await rwt.destroyById(subject, second.session)).toBe(true);
    expect(await rwt.destroyById(subject, "no\nid")).toBe(false);
    expect(await rwt.update(other, 5)).toBe(false);
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect(await rwt.destroyAll("nobody")).toBe(false);
    expect(await rwt.updateAll("nobody", 6)).toBe(false);
    const { session } = first;
    expect(told()).toEqual([
      { operation: "list", type: "listed", count: 2, subject },
      { operation: "update", type: "updated", scope: "session", done: true, session },
      { operation: "updateAll", type: "updated", scope: "person", done: true, subject },
      {
        operation: "destroyById",
        type: "destroyed",
        scope: "session",
        done: true,
        subject,
        session: second.session,
      },
      { operation: "destroyById", type: "destroyed", scope: "session", done: false, subject },
      unknown("update", second.session),
      { operation: "destroyAll", type: "destroyed", scope: "person", done: true, subject },
      { operation: "destroyAll", type: "destroyed", scope: "person", done: false, subject: "nobody" },
      { operation: "updateAll", type: "updated", scope: "person", done: false, subject: "nobody" },
    ]);
  });

  test("reports the same id for every token of a session, across rotations", async () => {
    const tokens = [await rwt.sign(1, { subject })];
    const [{ session } = { session: "" }] = told() as { session: string }[];
    for (let i = 0; i < 3; i++) tokens.push((await rwt.rotate(tokens.at(-1), { grace: 60 })) ?? "");
    for (const token of tokens) await rwt.verify(token);
    await rwt.destroy(tokens[0]);
    expect(await rwt.idOf(tokens[0])).toBe(session);
    const [older, present] = [
      unknown("verify", session),
      { operation: "verify", type: "verified", session, subject },
    ];
    expect(told()).toEqual([
      ...Array(3).fill({ operation: "rotate", type: "rotated", session }),
      older,
      older,
      present,
      present,
      { operation: "destroy", type: "destroyed", scope: "session", done: true, session },
    ]);
  });

  test("reports who acts as a user, only with subjects, and step-ups", async () => {
    const act = { sub: "support-7", reason: "a secret ticket" };
    const token = await rwt.sign(1, { subject, act });
    const fresh = (await rwt.reauthenticate(token, {})) ?? "";
    await rwt.verify(fresh);
    const session = `${await rwt.idOf(token)}`;
    expect(told()).toEqual([
      { operation: "sign", type: "signed", session, subject, act: "support-7" },
      { operation: "reauthenticate", type: "reauthenticated", session },
      { operation: "verify", type: "verified", session, subject, act: "support-7" },
    ]);
    const silent = createRwt(options).with(events(seeing));
    await silent.verify(await silent.sign(1, { subject, act }));
    expect(JSON.stringify(told())).not.toMatch(/support|ticket|subject/);
    expect(await rwt.reauthenticate(token, {})).toBeNull();
    expect(told()).toEqual([unknown("reauthenticate", session)]);
  });

  test.each(["verify", "rotate"] as const)("reports a stolen token that %s detects", async (call) => {
    const token = await rwt.sign(1, { subject });
    const [{ session } = { session: "" }] = told() as { session: string }[];
    const fresh = (await rwt.rotate(token)) ?? "";
    expect(await rwt.verify(fresh)).not.toBeNull();
    await time.advance(11);
    told();
    expect(await rwt[call](token)).toBeNull();
    expect(await rwt.verify(fresh)).toBeNull();
    expectNoLeak(heard, { token, fresh, secret });
    expect(told()).toEqual([
      { type: "token_reuse", subject },
      unknown(call, session),
      unknown("verify", session),
    ]);
  });

  test("sends no additional commands", async () => {
    const token = await rwt.sign(1, { subject });
    expect(await commandsOf(admin, () => rwt.verify(token))).toEqual({ mget: 1 });
  });
});

describe("in whichever order events() and sessions() are added", () => {
  const toSessions: object[] = [];
  const withSchema = sessions({ schema: coercing, onEvent: (event) => void toSessions.push(event) });
  beforeEach(() => void toSessions.splice(0));

  test.each([
    ["sessions first", () => createRwt(options).with(withSchema).with(events(seeing))],
    ["events first", () => createRwt(options).with(events(seeing)).with(withSchema)],
  ])("both listeners hear of data that no longer matches the schema, and of theft: %s", async (_, make) => {
    const rwt = make();
    const mismatched = await createRwt(options).sign({ age: "unknown" }, { subject });
    expect(await rwt.verify(mismatched)).toBeNull();
    const mismatch = { type: "data_mismatch", paths: [""] };
    expect(told()).toEqual([mismatch, unknown("verify", (await rwt.idOf(mismatched)) ?? "")]);

    const token = await rwt.sign({ age: 36 }, { subject });
    await rwt.verify(await rwt.rotate(token));
    await time.advance(11);
    told();
    expect(await rwt.verify(token)).toBeNull();
    expect(told()).toEqual([{ type: "token_reuse" }, unknown("verify", (await rwt.idOf(token)) ?? "")]);
    // Only listeners of sessions() itself get the subject.
    expect(toSessions).toEqual([
      { ...mismatch, subject },
      { type: "token_reuse", subject },
    ]);
  });

  test("theft is reported without sessions() too", async () => {
    const token = await createRwt(options).sign(1, { subject });
    const fresh = await createRwt(options).with(sessions()).rotate(token);
    const plain = createRwt(options).with(events(seeing));
    await plain.verify(fresh);
    await time.advance(11);
    told();
    expect(await plain.verify(token)).toBeNull();
    expect(told()).toMatchObject([{ type: "token_reuse" }, { type: "rejected", reason: "unknown" }]);
    expect(await plain.verify(fresh)).toBeNull();
  });
});
