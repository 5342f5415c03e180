import { expect } from "vitest";
import { createRwt } from "../../../src/index.ts";
import { sessions } from "../../../src/sessions/index.ts";
import { describeClients } from "../checks.ts";
import { startClients } from "../clients.ts";
import { older, openStage, secret } from "../stage.ts";

const { redis, admin, store, rwt, events, endGrace } = await openStage();
const subject = "émilie";

describeClients("sessions over TypeScript and another client", await startClients(), (client, check) => {
  const its = client.service({ redis: redis.url, secret });
  /** Signs by the client, or by TypeScript if the client only reads. */
  const signer = client.can("sign") ? its : rwt;
  const dataOf = async (token: string) => (await its.verify(token))?.data;

  check("destroyAll", [], "ends the sessions of both, except one", async () => {
    const [one, two] = [await rwt.sign(1, { subject }), await rwt.sign(2, { subject })];
    const own = await signer.sign(3, { subject });
    const other = await rwt.sign(4, { subject: "another person" });
    expect(await its.destroyAll(subject, { except: own })).toBe(true);
    expect([await rwt.verify(one), await rwt.verify(two)]).toEqual([null, null]);
    expect([await dataOf(one), await dataOf(two)]).toEqual([undefined, undefined]);
    expect([await dataOf(own), (await rwt.verify(other))?.data]).toEqual([3, 4]);
    expect((await rwt.list(subject, { current: own })).sessions).toMatchObject([{ current: true }]);
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect(await its.verify(own)).toBeNull();
    expect(await its.destroyAll("nobody")).toBe(false);
    // -1 would be a key without an expiry. The cleanup after destroyAll may still remove keys.
    for (const key of await admin.keys("*")) expect(await admin.ttl(key)).not.toBe(-1);
  });

  check("updateAll", [], "changes the sessions of both", async () => {
    const [mine, theirs] = [await rwt.sign({ n: 0 }, { subject }), await signer.sign({ n: 0 }, { subject })];
    expect(await its.updateAll(subject, { n: 1 })).toBe(true);
    expect([(await rwt.verify(mine))?.data, await dataOf(theirs)]).toEqual([{ n: 1 }, { n: 1 }]);
    expect(await rwt.update(theirs, { n: 2 })).toBe(true);
    expect(await rwt.updateAll(subject, { n: 4 })).toBe(true);
    expect([await dataOf(mine), await dataOf(theirs)]).toEqual([{ n: 4 }, { n: 4 }]);
    expect(await its.updateAll("nobody", 1)).toBe(false);
  });

  check("update", [], "changes one session, after an updateAll too", async () => {
    const [mine, theirs] = [await rwt.sign({ n: 0 }, { subject }), await signer.sign({ n: 0 }, { subject })];
    expect(await rwt.updateAll(subject, { n: 1 })).toBe(true);
    expect(await rwt.update(theirs, { n: 2 })).toBe(true);
    expect(await its.update(mine, { n: 3 })).toBe(true);
    expect([(await rwt.verify(mine))?.data, await dataOf(theirs)]).toEqual([{ n: 3 }, { n: 2 }]);
    await rwt.destroy(mine);
    expect(await its.update(mine, { n: 4 })).toBe(false);
    expect(await its.verify(mine)).toBeNull();
  });

  check("increment", [], "keeps what else TypeScript's data holds", async () => {
    const data = {
      n: 1,
      object: {},
      list: [],
      names: { 0: "a", 1: [{}] },
      large: 1e20,
      power: 2 ** 60,
      half: 0.5,
    };
    const token = await rwt.sign(data);
    expect(await its.increment(token)).toBe(true);
    expect((await rwt.verify(token))?.data).toEqual({ ...data, n: 2 });
  });

  check("increment", [], "loses no update beside TypeScript's", async () => {
    for (const options of [{ subject }, {}]) {
      const token = await rwt.sign({ n: 0 }, options);
      const add = (found: unknown) => ({ n: (found as { n: number }).n + 1 });
      const updates = Array.from({ length: 20 }, (_, i) =>
        i % 2 === 0 ? rwt.update(token, add) : its.increment(token),
      );
      expect(await Promise.all(updates)).toEqual(updates.map(() => true));
      expect(await dataOf(token)).toEqual({ n: 20 });
    }
  });

  check(
    "rotate",
    [],
    "gives the same successor as TypeScript; the old token is live until that is used",
    async () => {
      for (const options of [{ subject }, {}]) {
        const old = await signer.sign(1, options);
        const next = String(await rwt.rotate(old));
        expect(await its.rotate(old)).toBe(next);
        expect(await dataOf(old)).toBe(1);
        expect(await dataOf(next)).toBe(1);
        expect(await rwt.verify(old)).toBeNull();
        const third = String(await its.rotate(next, { grace: 60 }));
        expect(await rwt.rotate(next, { grace: 60 })).toBe(third);
        expect([(await rwt.verify(third))?.data, (await rwt.verify(next))?.data]).toEqual([1, 1]);
        if (client.can("idOf")) expect(await its.idOf(third)).toBe(await rwt.idOf(old));
        const fourth = String(await its.rotate(third, { retry: false }));
        expect([await rwt.verify(third), await rwt.rotate(third)]).toEqual([null, null]);
        expect((await rwt.verify(fourth))?.data).toBe(1);
      }
    },
  );

  check("verify", [], "reuse of a token that TypeScript rotated ends the session", async () => {
    const old = await rwt.sign(1, { subject });
    const next = String(await rwt.rotate(old));
    expect((await rwt.verify(next))?.data).toBe(1);
    await endGrace();
    expect(await its.verify(old)).toBeNull();
    expect(await rwt.verify(next)).toBeNull();
  });

  check(
    "rotate",
    [],
    "reuse of a token that the client rotated ends the session, and TypeScript tells it",
    async () => {
      const stolen = await signer.sign(1, { subject });
      const used = String(await its.rotate(stolen));
      await endGrace();
      expect(await dataOf(used)).toBe(1);
      events.length = 0;
      expect(await rwt.verify(stolen)).toBeNull();
      expect(events).toEqual(["token_reuse"]);
      expect(await its.verify(used)).toBeNull();
    },
  );

  /** Signs sessions by both in turn. */
  async function signMany(count: number): Promise<string[]> {
    const tokens = [];
    for (let i = 0; i < count; i++)
      tokens.push(await (i % 2 === 0 ? rwt : signer).sign(i, { subject, meta: { i } }));
    return tokens;
  }

  check("list", [], "shows the same sessions as TypeScript, page by page", async () => {
    const current = (await signMany(12))[5] ?? "";
    const mine = (await rwt.list(subject, { current })).sessions;
    // What a language has no `undefined` for, it may leave out or give as null.
    const shown = ({ auth, act, ...known }: Record<string, unknown>) => known;
    const listed = (all: readonly object[]) => JSON.parse(JSON.stringify(all)).map(shown);
    expect(listed((await its.list(subject, { current })).sessions)).toEqual(listed(mine));
    const paged: object[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await its.list(subject, { limit: 5, ...(cursor && { cursor }), current });
      expect(page.sessions.length).toBeLessThanOrEqual(5);
      paged.push(...page.sessions);
      ({ cursor } = page);
    } while (cursor);
    expect(listed(paged)).toEqual(listed(mine));
    expect((await its.list("nobody")).sessions).toEqual([]);
  });

  check("destroyById", [], "ends a session that a list shows", async () => {
    await signMany(4);
    const [first, second] = (await rwt.list(subject)).sessions;
    expect(await its.destroyById(subject, first?.id ?? "")).toBe(true);
    expect(await rwt.destroyById(subject, second?.id ?? "")).toBe(true);
    expect((await rwt.list(subject)).sessions).toHaveLength(2);
    expect(await its.destroyById(subject, first?.id ?? "")).toBe(false);
    expect(await its.destroyById("nobody", first?.id ?? "")).toBe(false);
  });

  check(
    "secrets",
    ["updateAll", "rotate", "destroyAll"],
    "what concerns a person reaches the sessions of each secret",
    async () => {
      const ring = [secret, older];
      const theirs = client.service({ redis: redis.url, secret: ring });
      const both = createRwt({ store, secret: ring }).with(sessions());
      const before = createRwt({ store, secret: older });
      const [young, old] = [await rwt.sign(1, { subject }), await before.sign(2, { subject })];
      expect(await theirs.updateAll(subject, 3)).toBe(true);
      expect([(await both.verify(young))?.data, (await both.verify(old))?.data]).toEqual([3, 3]);
      const third = String(await theirs.rotate(old));
      expect((await both.verify(third))?.data).toBe(3);
      expect(await before.verify(third)).not.toBeNull();
      expect((await both.list(subject)).sessions).not.toEqual([]);
      expect(await theirs.destroyAll(subject, { except: third })).toBe(true);
      expect([await both.verify(young), (await both.verify(third))?.data]).toEqual([null, 3]);
      expect(await theirs.destroyAll(subject)).toBe(true);
      expect(await both.verify(third)).toBeNull();
    },
  );

  check("sign", [], "TypeScript's maxSessions counts what the client signed", async () => {
    const limited = createRwt({ store, secret }).with(sessions({ maxSessions: 2 }));
    const [one, two] = [await its.sign(1, { subject }), await its.sign(2, { subject })];
    const three = await limited.sign(3, { subject });
    const left = await Promise.all([one, two, three].map((token) => its.verify(token)));
    expect(left.filter((session) => session !== null)).toHaveLength(2);
  });
});
