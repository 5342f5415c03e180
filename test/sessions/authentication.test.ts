import { afterEach, describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { monitored, sentIn } from "../support/monitor.ts";
import { eventsOf, expectExpiries, freshSubject, secret, serviceOn, twoBenches } from "./fixture.ts";
import { headerOf, keysOf, rawOf, tokenOf } from "./values.ts";

const PWD = { amr: ["pwd"] };

describe.each(await twoBenches())("how a user signed in: $name", (bench) => {
  const { store, time, admin } = bench;
  const raw = rawOf(store);
  const rwt = serviceOn(bench);
  const options = { store, secret, now: time.now };
  const sealing = createRwt(options).with(sessions()).with(encryption());
  const reading = createRwt(options)
    .with(sessions())
    .with(encryption({ encrypt: false }));
  const strict = createRwt(options)
    .with(sessions())
    .with(encryption({ acceptPlain: false }));
  const linesOf = async (token: string | null) =>
    `${await raw.get((await keysOf(`${token}`)).session)}`.split("\n");
  afterEach(() => expectExpiries(admin));

  test("lies in line 4 as compact JSON, the actor in line 2, and there is no line 4 without it", async () => {
    const at = Math.floor(time.now());
    const act = { sub: "support-7", act: { sub: "bot" } };
    for (const [signing, second, fourth] of [
      [{}, "{}", undefined],
      [{ auth: { at } }, "{}", `{"at":${at}}`],
      [
        { auth: { at, acr: "x", amr: ["pwd"] }, act },
        '{"act":{"sub":"support-7","act":{"sub":"bot"}}}',
        `{"at":${at},"amr":["pwd"],"acr":"x"}`,
      ],
      [{ meta: {}, act }, `{"meta":{},"act":${JSON.stringify(act)}}`, undefined],
    ] as const) {
      const token = await rwt.sign(1, signing);
      const [, ...lines] = await linesOf(token);
      expect(lines).toEqual([second, "1", ...(fourth === undefined ? [] : [fourth])]);
    }
  });

  test("a step-up keeps id, data, subject, meta, actor and deadline, and restarts the idle timeout", async () => {
    const subject = freshSubject();
    const token = await rwt.sign(
      { n: 1 },
      { subject, meta: { device: "iPad" }, act: { sub: "s" }, expire: 100 },
    );
    const before = await rwt.verify(token);
    expect(before?.auth).toBeUndefined();
    await time.advance(60);
    const fresh = await rwt.reauthenticate(token, PWD);
    const auth = { at: Math.floor(time.now()), amr: ["pwd"] };
    expect((await rwt.list(subject)).sessions[0]?.idle).toBeGreaterThan(90);
    const after = await rwt.verify(fresh);
    expect(after?.auth?.at).toBeCloseTo(auth.at, -1);
    expect(after).toEqual({ ...before, auth: { ...auth, at: after?.auth?.at } });
    expect(await rwt.idOf(fresh)).toBe(await rwt.idOf(token));
    expect(headerOf((await linesOf(fresh))[0] ?? "")).toMatchObject({ state: "3", rest: "" });
  });

  test("only the newest token can step up, the old one ends at once, and its reuse ends the session", async () => {
    for (const subject of [undefined, freshSubject()]) {
      const first = await rwt.sign(1, { subject });
      const second = await rwt.rotate(first, { grace: 60 });
      expect(await rwt.reauthenticate(first, PWD)).toBeNull();
      expect((await rwt.verify(second))?.auth).toBeUndefined();
      const third = await rwt.reauthenticate(second, PWD);
      expect([await rwt.verify(second), await rwt.rotate(second), await rwt.verify(first)]).toEqual([
        null,
        null,
        null,
      ]);
      expect((await rwt.verify(third))?.auth?.amr).toEqual(["pwd"]);
      const told = eventsOf(rwt).length;
      await time.advance(11);
      expect(await rwt.reauthenticate(second, PWD)).toBeNull();
      expect(eventsOf(rwt).slice(told)).toEqual([{ type: "token_reuse", subject }]);
      expect(await rwt.verify(third)).toBeNull();
    }
  });

  test("two step-ups at the same time give one new token", async () => {
    const token = await rwt.sign(1);
    const answers = await Promise.all([
      rwt.reauthenticate(token, PWD),
      rwt.reauthenticate(token, { amr: ["otp"] }),
    ]);
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
    expect(await rwt.verify(answers.find((answer) => answer !== null))).not.toBeNull();
  });

  test("nothing steps up an ended session, and nothing brings it back", async () => {
    const subject = freshSubject();
    for (const end of [
      (token: string) => rwt.destroy(token),
      () => rwt.destroyAll(subject),
      () => time.advance(4000),
    ]) {
      const token = await rwt.sign(1, { subject });
      await end(token);
      expect(await rwt.reauthenticate(token, PWD)).toBeNull();
      expect(await rwt.verify(token)).toBeNull();
      expect(await raw.get((await keysOf(token)).session)).toBeNull();
    }
    expect([await rwt.reauthenticate(null, PWD), await rwt.reauthenticate("rwt_x", PWD)]).toEqual([
      null,
      null,
    ]);
  });

  test("a session rotated 65,535 times is refused, and keeps its line", async () => {
    const token = await rwt.sign(1, { auth: PWD });
    const { session } = await keysOf(token);
    await raw.patch(session, 25, "65535");
    const last = await tokenOf(token, 65_535);
    const before = await raw.get(session);
    await expect(rwt.reauthenticate(last, {})).rejects.toMatchObject({ code: "ERR_RWT_ROTATION_LIMIT" });
    expect(await raw.get(session)).toBe(before);
  });

  test("encrypted, line 4 is bound to its place, and a service without the key can't replace it", async () => {
    const refused = { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "encrypted" };
    const token = await sealing.sign(1, { auth: PWD });
    const bare = await sealing.sign(1);
    const [, facts, data, auth] = await linesOf(token);
    for (const line of [facts, data, auth]) expect(line).toMatch(/^e1\.[\w-]{38,}$/);
    for (const each of [token, bare]) {
      const before = await linesOf(each);
      await expect(rwt.reauthenticate(each, {})).rejects.toMatchObject(refused);
      expect(await linesOf(each)).toEqual(before);
    }
    await expect(rwt.verify(token)).rejects.toMatchObject(refused);
    // Neither another line nor another session's line 4 decrypts there.
    const { session } = await keysOf(token);
    const [header] = await linesOf(token);
    const otherAuth = (await linesOf(await sealing.sign(1, { auth: PWD })))[3];
    for (const wrong of [facts, data, otherAuth, "e1.AAAA"]) {
      await raw.set(session, [header, facts, data, wrong].join("\n"));
      expect(await sealing.verify(token)).toBeNull();
    }
    // Without the line there is no proof.
    await raw.set(session, [header, facts, data].join("\n"));
    expect((await strict.verify(token))?.auth).toBeUndefined();
    await raw.set(session, [header, facts, data, '{"at":1}'].join("\n"));
    expect([await strict.verify(token), (await sealing.verify(token))?.auth]).toEqual([null, { at: 1 }]);
  });

  test("a service that only decrypts seals what replaces a sealed line, and leaves plain sessions plain", async () => {
    for (const [signing, expected] of [
      [sealing, /^e1\./],
      [rwt, /^\{"at":\d+,"amr":\["otp"\]\}$/],
    ] as const) {
      const token = await signing.sign(1);
      const fresh = await reading.reauthenticate(token, { amr: ["otp"] });
      expect((await linesOf(fresh))[3]).toMatch(expected);
      expect((await sealing.verify(fresh))?.auth?.amr).toEqual(["otp"]);
    }
    // A line that an encrypting service wrote for a plain session is not replaced by a plain one.
    const token = await sealing.reauthenticate(await rwt.sign(1), PWD);
    await expect(rwt.reauthenticate(token, {})).rejects.toMatchObject({ reason: "encrypted" });
    expect((await sealing.verify(token))?.auth?.amr).toEqual(["pwd"]);
  });

  test.each([
    ["a list", "[]"],
    ["no time", '{"amr":["pwd"]}'],
    ["text as the time", '{"at":"1"}'],
    ["half a second", '{"at":1.5}'],
    ["text as the methods", '{"at":1,"amr":"pwd"}'],
    ["a number among the methods", '{"at":1,"amr":[1]}'],
    ["a number as the level", '{"at":1,"acr":1}'],
    ["no JSON", "later"],
  ])("line 4 with %s proves nothing: it may be a later version's", async (_, line) => {
    const subject = freshSubject();
    const token = await rwt.sign(1, { subject, auth: PWD });
    const [header, facts, data] = await linesOf(token);
    await raw.set((await keysOf(token)).session, [header, facts, data, line].join("\n"));
    expect(await rwt.verify(token)).toMatchObject({ data: 1, auth: undefined });
    expect((await rwt.list(subject)).sessions).toMatchObject([{ auth: undefined }]);
  });

  test("an empty line 4 is none, and further members are ignored", async () => {
    const token = await rwt.sign(1);
    const { session } = await keysOf(token);
    const value = `${await raw.get(session)}`;
    await raw.set(session, `${value}\n\nfurther`);
    expect((await rwt.verify(token))?.auth).toBeUndefined();
    await raw.set(session, `${value}\n{"at":5,"later":1}\nfurther`);
    expect((await rwt.verify(token))?.auth).toEqual({ at: 5 });
  });

  test.each(['{"act":1}', '{"act":{}}', '{"act":{"sub":1}}', '{"act":{"sub":""}}', '{"act":null}'])(
    "facts with %s are no live session: nobody acts unnamed",
    async (line) => {
      const token = await rwt.sign(1);
      const [header, , data] = await linesOf(token);
      await raw.set((await keysOf(token)).session, [header, line, data].join("\n"));
      expect(await rwt.verify(token)).toBeNull();
    },
  );

  test.runIf(admin !== undefined)("a step-up is one command, and a check of its session too", async () => {
    for (const service of [rwt, sealing]) {
      const token = await service.sign(1, { subject: freshSubject(), auth: PWD });
      let fresh: string | null = null;
      await service.reauthenticate(await service.sign(1), {}); // loads the script
      const stepUp = async () => {
        fresh = await service.reauthenticate(token, PWD);
      };
      expect(sentIn(await monitored(admin as never, stepUp)).map(([name]) => name)).toEqual(["EVALSHA"]);
      await service.verify(fresh); // the first use of a new token is recorded
      const check = sentIn(await monitored(admin as never, () => service.verify(fresh)));
      expect(check.map(([name]) => name)).toEqual(["MGET"]);
      const forged = () => service.reauthenticate(`${token.slice(0, -1)}A`, PWD);
      expect(sentIn(await monitored(admin as never, forged))).toEqual([]);
    }
  });
});
