/** Clients resend a command whose reply was lost: it must take effect only once, and bring nothing back. */
import { afterEach, describe, expect, test } from "vitest";
import { scriptCall } from "../../src/redis/command.ts";
import { sessionStore } from "../../src/redis/session-store.ts";
import type { TokenStore } from "../../src/store.ts";
import {
  eventsOf,
  expectExpiries,
  freshSubject,
  type SessionsRwt,
  serviceOn,
  twoBenches,
} from "./fixture.ts";
import { headerOf, personKeysOf, rawOf, tokenOf } from "./values.ts";

type Call = Parameters<TokenStore["run"]>[0];

describe.each(await twoBenches())("sent twice: $name", (bench) => {
  const { store, time, admin } = bench;
  const raw = rawOf(store);
  const once = serviceOn(bench);
  const isLive = async (token: string | null) => (await once.verify(token)) !== null;
  afterEach(() => expectExpiries(admin));

  /** The same store with another `run`. */
  const storeOver = (run: TokenStore["run"]): TokenStore => sessionStore({ ...store, run });

  /** Sends each script twice, and returns the second reply. */
  const twice = storeOver(async (call, options) => {
    if ("script" in call) await store.run(call, options);
    return store.run(call, options);
  });
  const rwt = serviceOn({ store: twice, time });

  /** Returns an operation's answer, and a function that sends its scripts again. */
  async function recorded<Answer>(operation: (service: SessionsRwt) => Promise<Answer>) {
    const calls: Call[] = [];
    const recording = storeOver((call, options) => {
      if ("script" in call && call.script !== "clean") calls.push(call);
      return store.run(call, options);
    });
    const answer = await operation(serviceOn({ store: recording, time }));
    expect(calls).toHaveLength(1);
    const again = async () => {
      for (const call of calls) await store.run(call);
    };
    return { answer, again };
  }

  test("rotate returns the same successor, and update and updateAll write the same data", async () => {
    const subject = freshSubject();
    const token = await once.sign(1, { subject });
    const fresh = await rwt.rotate(token);
    expect(fresh).toBe(await tokenOf(token, 1));
    expect([await rwt.update(fresh, 2), (await once.verify(fresh))?.data]).toEqual([true, 2]);
    expect([await rwt.updateAll(subject, 3), (await once.verify(fresh))?.data]).toEqual([true, 3]);
    expect([await rwt.extend(fresh), await isLive(fresh)]).toEqual([true, true]);
    // The second reply says that there is nothing left to end.
    expect([await rwt.destroy(fresh), await isLive(fresh)]).toEqual([false, false]);
  });

  test("the second reauthenticate, or rotate without retry, is null; the second destroyById is false; each took effect", async () => {
    const subject = freshSubject();
    const [first, second, third] = [1, 2, 3].map((n) => once.sign(n, { subject }));
    expect(await rwt.reauthenticate(await first, {})).toBeNull();
    expect(await rwt.rotate(await second, { retry: false })).toBeNull();
    expect(await rwt.destroyById(subject, `${await once.idOf(await third)}`)).toBe(false);
    for (const token of [first, second, third]) expect(await isLive((await token) ?? null)).toBe(false);
  });

  test("a theft that was noticed in a lost reply has ended the session, and is reported by no other call", async () => {
    for (const notice of ["verify", "rotate"] as const) {
      const old = await once.sign(1, { subject: freshSubject() });
      const fresh = await once.rotate(old);
      expect(await isLive(fresh)).toBe(true);
      await time.advance(11);
      expect([await rwt[notice](old), await once.verify(old), await isLive(fresh)]).toEqual([
        null,
        null,
        false,
      ]);
    }
    expect([...eventsOf(rwt), ...eventsOf(once)]).toEqual([]);
  });

  test("destroyAll ends all sessions except the spared one", async () => {
    const subject = freshSubject();
    const [own, other] = [await once.sign(1, { subject }), await once.sign(2, { subject })];
    expect(await rwt.destroyAll(subject, { except: own })).toBe(true);
    expect([await isLive(own), await isLive(other)]).toEqual([true, false]);
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect([await isLive(own), await isLive(other)]).toEqual([false, false]);
  });

  test("a destroyAll that arrives again later doesn't revive sessions that another one ended", async () => {
    const subject = freshSubject();
    const tokens = [await once.sign(1, { subject })];
    const { answer, again } = await recorded((service) => service.destroyAll(subject));
    expect(answer).toBe(true);
    const epochs = new Set<string>();
    for (let i = 0; i < 30; i++) {
      const token = await once.sign(i, { subject });
      const { session } = await personKeysOf(token);
      epochs.add(headerOf(await raw.get(session)).epoch);
      tokens.push(token);
      await again();
    }
    expect(epochs.size).toBe(30);
    for (const token of tokens) expect(await isLive(token)).toBe(false);
  });

  test("a sign that arrives again doesn't revive an ended session", async () => {
    type End = (keys: Awaited<ReturnType<typeof personKeysOf>>) => Promise<unknown>;
    const endings: End[] = [
      // As destroyAll does, before the memory is freed.
      ({ person }) => store.run(scriptCall("destroy-all", [person], ["AbCdEfGhIjk", "0", "0"])),
      ({ person }) => raw.delete(person),
    ];
    for (const end of endings) {
      const subject = freshSubject();
      const { answer: token, again } = await recorded((service) => service.sign(1, { subject }));
      expect(await isLive(token)).toBe(true);
      await again();
      expect((await once.list(subject)).sessions).toHaveLength(1);
      const keys = await personKeysOf(token);
      await end(keys);
      const owner = await raw.get(keys.person);
      await again();
      expect([await isLive(token), await raw.get(keys.person)]).toEqual([false, owner]);
      const later = await once.sign(2, { subject });
      await again();
      expect([await isLive(token), await isLive(later)]).toEqual([false, true]);
    }
  });

  test("a rotation or an update that arrives again after the session has ended does nothing", async () => {
    const subject = freshSubject();
    const token = await once.sign(1, { subject });
    const rotation = await recorded((service) => service.rotate(token));
    const change = await recorded((service) => service.update(rotation.answer, 2));
    const extension = await recorded((service) => service.extend(rotation.answer));
    const stepUp = await recorded((service) => service.reauthenticate(rotation.answer, {}));
    await once.destroy(token);
    for (const { again } of [rotation, change, extension, stepUp]) await again();
    const { session } = await personKeysOf(token);
    expect([await raw.get(session), await isLive(rotation.answer)]).toEqual([null, false]);
  });
});
