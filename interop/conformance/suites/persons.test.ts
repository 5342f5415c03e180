import { expect } from "vitest";
import { createRwt } from "../../../src/index.ts";
import { sessions } from "../../../src/sessions/index.ts";
import { describeClients, outcomeOf } from "../checks.ts";
import { startClients } from "../clients.ts";
import { older, openStage, secret } from "../stage.ts";

const { redis, admin, store, rwt } = await openStage();
const subject = "émilie";
const ring = [secret, older];
const before = createRwt({ store, secret: older }).with(sessions());

const personValue = async () => (await admin.get((await admin.keys("*:p:*"))[0] ?? "")) ?? "";

/** Signs sessions by TypeScript, and returns their tokens and their keys in the same order. */
async function signed(count: number): Promise<{ tokens: string[]; keys: string[] }> {
  const [tokens, keys]: [string[], string[]] = [[], []];
  for (let i = 0; i < count; i++) {
    tokens.push(await rwt.sign(i, { subject, maxLifetime: 1000 + i, expire: 100 }));
    keys.push((await admin.keys("*:s:*")).find((key) => !keys.includes(key)) ?? "");
  }
  return { tokens, keys };
}

/** What ended sessions of a person, other versions and lost keys mean to the calls that concern all sessions. */
describeClients("a person's sessions", await startClients(), (client, check) => {
  const its = client.service({ redis: redis.url, secret });
  const theirs = client.service({ redis: redis.url, secret: ring });
  const dataOf = async (token: string) => (await rwt.verify(token))?.data;

  check("list", [], "shows no session that has ended, and extends none", async () => {
    const { tokens, keys } = await signed(3);
    await admin.setrange(keys[0] ?? "", 13, "AAAAAAAAAAA");
    await admin.del(keys[1] ?? "");
    await admin.expire(keys[2] ?? "", 10);
    const { sessions } = await its.list(subject, { current: tokens[2] ?? "" });
    expect(sessions).toMatchObject([{ current: true }]);
    expect(sessions[0]?.idle).toBeLessThanOrEqual(10);
    expect(await admin.ttl(keys[2] ?? "")).toBeLessThanOrEqual(10);
  });

  check("list", [], "leaves out garbage, and shows the other sessions", async () => {
    const { tokens, keys } = await signed(3);
    await admin.set(keys[0] ?? "", "garbage", "EX", 60);
    await admin.del(keys[1] ?? "");
    await admin.hset(keys[1] ?? "", "a", "1");
    const { sessions } = await its.list(subject, { current: tokens[2] ?? "" });
    expect(sessions).toMatchObject([{ current: true }]);
  });

  check("list", [], "shows the sessions of each secret, page by page", async () => {
    for (let i = 0; i < 3; i++) await rwt.sign(i, { subject, meta: { i } });
    for (let i = 3; i < 5; i++) await before.sign(i, { subject, meta: { i } });
    const seen: unknown[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await theirs.list(subject, { limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.sessions.map(({ meta }) => meta?.i));
      ({ cursor } = page);
    } while (cursor && seen.length < 20);
    expect(seen.toSorted()).toEqual([0, 1, 2, 3, 4]);
  });

  check("destroyById", [], "ends a session of any secret, and none that has ended", async () => {
    await rwt.sign(1, { subject });
    const old = await before.sign(2, { subject });
    const id = (await before.list(subject)).sessions[0]?.id ?? "";
    expect(await theirs.destroyById(subject, id)).toBe(true);
    expect(await before.verify(old)).toBeNull();
    expect(await theirs.destroyById(subject, id)).toBe(false);
    await admin.flushall();
    const { keys } = await signed(1);
    const [session] = (await rwt.list(subject)).sessions;
    await admin.setrange(keys[0] ?? "", 13, "AAAAAAAAAAA");
    expect(await its.destroyById(subject, session?.id ?? "")).toBe(false);
  });

  check("destroyAll", [], "ends all if the token to except isn't a live one of this person", async () => {
    const other = await rwt.sign(1, { subject: "another" });
    const gone = await rwt.sign(2, { subject });
    await rwt.destroy(gone);
    const replaced = await rwt.sign(3, { subject });
    const successor = String(await rwt.rotate(replaced, { retry: false }));
    for (const except of [replaced, other, gone, "no token", await before.sign(4, { subject })]) {
      const token = await rwt.sign(5, { subject });
      expect(await its.destroyAll(subject, { except })).toBe(true);
      expect([await rwt.verify(token), await rwt.verify(successor)]).toEqual([null, null]);
    }
    expect(await dataOf(other)).toBe(1);
  });

  check("destroyAll", [], "writes a new epoch and removes the data for all", async () => {
    const token = await rwt.sign("own", { subject });
    await rwt.updateAll(subject, "for all");
    const [, epoch] = (await personValue()).split(" ");
    expect(await its.destroyAll(subject, { except: token })).toBe(true);
    expect(await dataOf(token)).toBe("for all");
    const [, next] = (await personValue()).split(" ");
    expect(await its.destroyAll(subject)).toBe(true);
    const [header = "", ...lines] = (await personValue()).split("\n");
    expect(header).toMatch(/^1 [\w-]{11} 00000001/);
    expect(new Set([epoch, next, header.split(" ")[1]]).size).toBe(3);
    expect(lines).toEqual([]);
  });

  check(
    "updateAll",
    [],
    "counts each time, so that it reaches sessions that were updated since",
    async () => {
      const { tokens } = await signed(2);
      for (let i = 1; i <= 3; i++) {
        expect(await its.updateAll(subject, { i })).toBe(true);
        for (const token of tokens) expect(await dataOf(token)).toEqual({ i });
        expect(await rwt.update(tokens[0] ?? "", "its own")).toBe(true);
        expect((await personValue()).slice(14, 22)).toBe(`0000000${i}`);
      }
    },
  );

  check("updateAll", ["sign"], "concerns no session that is signed later", async () => {
    const [mine] = (await signed(1)).tokens;
    await rwt.updateAll(subject, "for all");
    const token = await its.sign("own", { subject });
    expect([await dataOf(token), await dataOf(mine ?? "")]).toEqual(["own", "for all"]);
  });

  check("increment", ["updateAll"], "loses no updateAll that comes in between", async () => {
    const token = await rwt.sign({ n: 0 }, { subject });
    for (let round = 1; round <= 20; round++) {
      const n = round * 1000;
      await Promise.all([its.increment(token), rwt.updateAll(subject, { n })]);
      expect([{ n }, { n: n + 1 }]).toContainEqual((await rwt.verify(token))?.data);
    }
  });

  const personCalls = [
    ["sign", () => its.sign(1, { subject })],
    ["updateAll", () => its.updateAll(subject, "for all")],
    ["destroyAll", (token: string) => its.destroyAll(subject, { except: token })],
    ["destroyAll", () => its.destroyAll(subject)],
  ] as const;
  for (const [op, act] of personCalls) {
    check("values", [op], `${op} keeps what it doesn't know of a person`, async () => {
      const { tokens } = await signed(1);
      const [key = ""] = await admin.keys("*:p:*");
      await admin.set(key, `${await admin.get(key)} later\n"for all"\nline 3`, "EX", 5000);
      expect(await act(tokens[0] ?? "")).toBeTruthy();
      const [header = "", ...lines] = (await personValue()).split("\n");
      expect(header.slice(22)).toBe(" later");
      expect(lines.at(-1)).toBe("line 3");
    });

    check("values", [op], `${op} leaves a person of another version, and garbage, as they are`, async () => {
      const { tokens } = await signed(1);
      const [key = ""] = await admin.keys("*:p:*");
      for (const value of [`2 ${(await personValue()).slice(2)}`, "garbage"]) {
        await admin.set(key, value, "EX", 5000);
        const answer = await outcomeOf(act(tokens[0] ?? ""));
        expect(["ERR_RWT_STORE_UNAVAILABLE", ...(value === "garbage" ? [] : [false])]).toContain(answer);
        expect(await admin.get(key)).toBe(value);
      }
    });
  }

  check("values", ["sign"], "the cleanup after a sign leaves sessions of another version", async () => {
    const { keys } = await signed(20);
    const values = new Map<string, string>();
    for (const key of keys) {
      values.set(key, `2 ${(await admin.get(key))?.slice(2)}`);
      await admin.set(key, values.get(key) ?? "", "EX", 100);
    }
    for (let i = 0; i < 5; i++) await its.sign(i, { subject });
    for (const [key, value] of values) expect(await admin.get(key)).toBe(value);
  });

  check("destroy", [], "removes the session's name from the index", async () => {
    const { tokens } = await signed(2);
    const [index = ""] = await admin.keys("*:i:*");
    expect(await its.destroy(tokens[0] ?? "")).toBe(true);
    expect(await admin.zcard(index)).toBe(1);
  });

  check("maxSessions", ["sign"], "ends the sessions whose deadline is nearest", async () => {
    const { tokens } = await signed(3);
    const limited = client.service({ redis: redis.url, secret, maxSessions: 2, maxLifetime: 1000 });
    const third = await limited.sign(3, { subject });
    expect(await Promise.all([...tokens, third].map(dataOf))).toEqual([undefined, undefined, 2, 3]);
  });

  check("maxSessions", ["sign"], "doesn't count sessions that have ended", async () => {
    const { tokens, keys } = await signed(4);
    await admin.setrange(keys[0] ?? "", 13, "AAAAAAAAAAA");
    await admin.del(keys[3] ?? "");
    const options = { redis: redis.url, secret, maxSessions: 3 };
    expect(await client.service({ ...options, onLimit: "reject" }).sign(4, { subject })).toMatch(/^rwt_/);
    expect(await dataOf(tokens[1] ?? "")).toBe(1);
    await expect(client.service({ ...options, onLimit: "reject" }).sign(5, { subject })).rejects.toThrow(
      "ERR_RWT_SESSION_LIMIT",
    );
    expect(await Promise.all(tokens.slice(1, 3).map(dataOf))).toEqual([1, 2]);
  });

  check("maxSessions", ["sign"], "isn't lifted by the loss of the index", async () => {
    const { tokens } = await signed(2);
    await admin.del(await admin.keys("*:i:*"));
    const limited = client.service({ redis: redis.url, secret, maxSessions: 2 });
    const third = await limited.sign(3, { subject });
    const left = await Promise.all([...tokens, third].map(dataOf));
    expect(left.filter((data) => data !== undefined).length).toBeLessThanOrEqual(2);
    expect(left[2]).toBe(3);
  });
});
