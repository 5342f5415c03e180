import { afterEach, describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { expectExpiries, freshSubject, secret, serviceOn, twoBenches } from "./fixture.ts";
import { personKeysOf, rawOf } from "./values.ts";

describe.each(await twoBenches())("encrypted, plain and mixed sessions: $name", (bench) => {
  const { store, time, admin } = bench;
  const raw = rawOf(store);
  const options = { store, secret, now: time.now };
  const plain = serviceOn(bench);
  const sealing = createRwt(options).with(sessions()).with(encryption());
  const reading = createRwt(options)
    .with(encryption({ encrypt: false }))
    .with(sessions());
  const strict = createRwt(options)
    .with(encryption({ acceptPlain: false }))
    .with(sessions());
  const refused = { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "encrypted" };
  afterEach(() => expectExpiries(admin));

  test.each([
    ["encrypted", [sealing, sealing]],
    ["plain", [plain, plain]],
    ["mixed", [plain, sealing]],
    ["mixed, encrypted first", [sealing, plain]],
  ] as const)("%s: update, updateAll, rotate and the rest work", async (_, signers) => {
    const subject = freshSubject();
    const tokens = await Promise.all(signers.map((rwt, i) => rwt.sign({ i }, { subject, meta: { i } })));
    const services = [sealing, reading];
    for (const rwt of services) {
      expect((await rwt.list(subject)).sessions.map(({ meta }) => meta?.i).sort()).toEqual([0, 1]);
      for (const [i, token] of tokens.entries()) {
        expect(await rwt.update(token, { i, own: 1 })).toBe(true);
        expect(await rwt.update(token, (data: unknown) => ({ ...Object(data), more: 2 }))).toBe(true);
        for (const reader of services)
          expect((await reader.verify(token))?.data).toEqual({ i, own: 1, more: 2 });
      }
      expect(await rwt.updateAll(subject, "all")).toBe(true);
      for (const token of tokens)
        for (const reader of services) expect((await reader.verify(token))?.data).toBe("all");
      for (const [i, token] of tokens.entries()) {
        const fresh = await rwt.rotate(token);
        expect(await sealing.verify(fresh)).toMatchObject({ data: "all", subject, meta: { i } });
        tokens[i] = fresh ?? "";
      }
    }
    expect(await sealing.destroyAll(subject, { except: tokens[1] })).toBe(true);
    expect([await sealing.verify(tokens[0]), (await sealing.verify(tokens[1]))?.data]).toEqual([null, "all"]);
  });

  test("a service without encryption is refused what would put plain data in their place, and changes nothing", async () => {
    const orders: ((subject: string) => Promise<string>)[] = [
      (subject) => sealing.sign("sealed", { subject }),
      async (subject) => {
        await plain.sign("plain", { subject });
        return sealing.sign("sealed", { subject });
      },
      async (subject) => {
        await plain.sign("plain", { subject });
        await plain.updateAll(subject, "plain for all");
        return sealing.sign("sealed", { subject });
      },
      async (subject) => {
        const token = await sealing.sign("sealed", { subject });
        await sealing.updateAll(subject, "sealed");
        return token;
      },
      async (subject) => {
        const token = await sealing.sign("sealed", { subject });
        await reading.updateAll(subject, "plain, by one who may");
        await sealing.update(token, "sealed");
        return token;
      },
      async (subject) => {
        const token = await sealing.sign("sealed", { subject });
        await plain.destroyAll(subject, { except: token });
        return token;
      },
      async (subject) => {
        await sealing.sign("sealed", { subject });
        await plain.destroyAll(subject);
        return sealing.sign("sealed", { subject });
      },
    ];
    for (const prepare of orders) {
      const subject = freshSubject();
      const token = await prepare(subject);
      const { session, person } = await personKeysOf(token);
      const before = [await raw.get(session), await raw.get(person)];
      await expect(plain.updateAll(subject, "plain")).rejects.toMatchObject(refused);
      await expect(plain.update(token, "plain")).rejects.toMatchObject(refused);
      await expect(plain.update(token, () => "plain")).rejects.toMatchObject(refused);
      expect([await raw.get(session), await raw.get(person)]).toEqual(before);
      expect((await strict.verify(token))?.data).toBe("sealed");
      // It may rotate, extend and end them, since that reads no data.
      const fresh = await plain.rotate(token);
      expect([await plain.extend(fresh), (await strict.verify(fresh))?.data]).toEqual([true, "sealed"]);
      expect(await plain.destroyAll(subject)).toBe(true);
      expect(await strict.verify(fresh)).toBeNull();
      // Once no session is encrypted any more, it may update all of them again.
      await plain.sign("plain", { subject });
      expect(await plain.updateAll(subject, "plain again")).toBe(true);
    }
  });

  test("a service without encryption can't replace encrypted data that updateAll wrote for a plain session", async () => {
    const subject = freshSubject();
    const token = await plain.sign("plain", { subject });
    await sealing.updateAll(subject, "sealed");
    await expect(plain.update(token, "plain")).rejects.toMatchObject(refused);
    await expect(plain.verify(token)).rejects.toMatchObject(refused);
    expect((await sealing.verify(token))?.data).toBe("sealed");
  });

  test("a service that only decrypts writes encrypted data if the old data was encrypted, for a session and for a person", async () => {
    const subject = freshSubject();
    const token = await strict.sign("sealed", { subject });
    const { session, person } = await personKeysOf(token);
    const isSealed = async () => [
      (await raw.get(session))?.split("\n")[2]?.startsWith("e1."),
      (await raw.get(person))?.split("\n")[1]?.startsWith("e1."),
    ];
    expect(await reading.updateAll(subject, "all")).toBe(true);
    expect([(await strict.verify(token))?.data, await isSealed()]).toEqual(["all", [true, true]]);
    expect(await reading.update(token, (data: unknown) => `${data}, updated`)).toBe(true);
    expect([(await strict.verify(token))?.data, await isSealed()]).toEqual(["all, updated", [true, true]]);
    // Data that wasn't encrypted stays plain.
    const other = await reading.sign("plain", { subject: freshSubject() });
    expect(await reading.update(other, "plain still")).toBe(true);
    expect((await plain.verify(other))?.data).toBe("plain still");
  });

  test("acceptPlain: false holds for each line: the session's facts and data, and the person's data", async () => {
    const subject = freshSubject();
    const token = await strict.sign("sealed", { subject });
    const { session, person } = await personKeysOf(token);
    const [header = "", facts = "", data = ""] = (await raw.get(session))?.split("\n") ?? [];
    const by = async (value: string) => {
      await raw.set(session, value);
      return [(await strict.verify(token))?.data, (await sealing.verify(token))?.data];
    };
    expect(await by(`${header}\n${facts}\n${data}`)).toEqual(["sealed", "sealed"]);
    expect(await by(`${header}\n${facts}\n"plain"`)).toEqual([undefined, "plain"]);
    expect(await by(`${header}\n{"sub":"${subject}"}\n${data}`)).toEqual([undefined, "sealed"]);
    expect(await strict.update(token, () => "never")).toBe(true);
    await raw.set(session, `${header}\n${facts}\n${data}`);
    const owner = await raw.get(person);
    await raw.set(person, `${owner?.replace(" 00000000", " 00000001")}\n"plain"`);
    expect([await strict.verify(token), (await sealing.verify(token))?.data]).toEqual([null, "plain"]);
    expect(await strict.update(token, () => "never")).toBe(false);
    expect(await strict.verify(await plain.sign("plain", { subject: freshSubject() }))).toBeNull();
  });
});
