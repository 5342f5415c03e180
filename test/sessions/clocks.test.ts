/** Which clock decides: Redis's for rotations and theft, the service's for deadlines. */
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { createTimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { eventsOf, expectExpiries, freshSubject, secret, serviceOn, twoBenches } from "./fixture.ts";
import { keysOf, personKeysOf, rawOf } from "./values.ts";

const MINUTES = 60;
const FIVE = 5 * MINUTES;

describe.each(await twoBenches())("services whose clocks are five minutes off: $name", (bench) => {
  const { store, time } = bench;
  const raw = rawOf(store);
  const at = (offset: number) =>
    serviceOn({ store, time: { ...time, now: () => time.now() + offset } }, { verifyExtendsToken: true });
  const [slow, right, fast] = [at(-FIVE), at(0), at(FIVE)];
  const all = [slow, right, fast];
  const eventsOfAll = () => all.flatMap(eventsOf);

  test.each([undefined, { grace: 30 }])("end no session by a rotation with %j", async (options) => {
    for (const signer of all)
      for (const rotator of all)
        for (const verifier of all) {
          const old = await signer.sign("Ada", { subject: freshSubject() });
          const fresh = await rotator.rotate(old, options);
          expect((await verifier.verify(old))?.data).toBe("Ada");
          expect(await verifier.rotate(old, options)).toBe(fresh);
          expect((await verifier.verify(fresh))?.data).toBe("Ada");
          const isInGrace = options !== undefined;
          for (const service of all) expect((await service.verify(old)) !== null).toBe(isInGrace);
          expect((await signer.verify(fresh))?.data).toBe("Ada");
        }
    expect(eventsOfAll()).toEqual([]);
  });

  test("end none over many rotations by different services", async () => {
    let token: string | null = await fast.sign("Ada", { subject: freshSubject() });
    for (let i = 0; i < 12; i++) {
      const [rotator, verifier] = [all[i % 3] ?? right, all[(i + 1) % 3] ?? right];
      const old: string | null = token;
      token = await rotator.rotate(old);
      expect((await verifier.verify(token))?.data).toBe("Ada");
      for (const service of all) expect(await service.verify(old)).toBeNull();
    }
    expect([(await right.verify(token))?.data, eventsOfAll()]).toEqual(["Ada", []]);
  });

  test("agree on when a grace ends and when reuse is theft", async () => {
    for (const rotator of all)
      for (const verifier of all) {
        const subject = freshSubject();
        const old = await right.sign("Ada", { subject });
        const fresh = await rotator.rotate(old, { grace: 60 });
        await right.verify(fresh);
        await time.advance(57);
        expect(await verifier.verify(old)).not.toBeNull();
        await time.advance(3.5);
        expect(await verifier.verify(old)).toBeNull();
        expect(await right.verify(fresh)).not.toBeNull();
        await time.advance(3);
        expect(await verifier.verify(old)).toBeNull();
        expect(eventsOf(verifier).at(-1)).toEqual({ type: "token_reuse", subject });
        expect(await right.verify(fresh)).toBeNull();
      }
  });

  test("never shorten the life of a person's key, which outlives all sessions", async () => {
    for (const signer of all) {
      const subject = freshSubject();
      const token = await right.sign(1, { subject });
      const { person, session } = await personKeysOf(token);
      const before = await raw.pttl(person);
      const later = await signer.sign(2, { subject });
      const life = 30 * 24 * 60 * MINUTES * 1000;
      expect(await raw.pttl(person)).toBeGreaterThanOrEqual(Math.max(before, life) - 2000);
      expect(await raw.pttl(person)).toBeGreaterThan(await raw.pttl(session));
      expect((await right.verify(later))?.data).toBe(2);
    }
    // By Redis's clock the deadline is five minutes later, whichever of the clocks is wrong.
    const token = await fast.sign(3, { subject: freshSubject() });
    const { deadline = 0 } = (await fast.verify(token)) ?? {};
    const { person } = await personKeysOf(token);
    expect(await raw.pttl(person)).toBeGreaterThanOrEqual((deadline - (await raw.now())) * 1000 - 2000);
  });
});

describe("a Redis that refuses TIME", () => {
  /** A Redis user with all rights except TIME. */
  async function withoutTime() {
    const redis = await ownRedis();
    const admin = new Redis(redis.url);
    await admin.call("ACL", "SETUSER", "service", "on", ">password", "~*", "+@all", "-time");
    const store = ioredisStore({ port: redis.port, username: "service", password: "password" });
    atEnd(() => {
      admin.disconnect();
      return store.disconnect();
    });
    return { admin, store, time: createTimeMachine(tcpSender(admin)) };
  }

  /** A store whose TIME returns 0, such as a memory store whose clock is at its beginning. */
  const atZero = async () => ({
    admin: undefined,
    store: memoryStore({ now: () => 0.5 }),
    time: createTimeMachine(),
  });

  test.each([
    ["refuses", withoutTime],
    ["gives 0", atZero],
  ])("that %s: the service's clock ends the grace, and no reuse is reported", async (_, start) => {
    const { admin, store, time } = await start();
    let ahead = 0;
    const clock = { ...time, now: () => Date.now() / 1000 + ahead };
    const rwt = serviceOn({ store, time: clock });
    for (const subject of [undefined, freshSubject()]) {
      const old = await rwt.sign("Ada", { subject });
      const fresh = await rwt.rotate(old, { grace: 60 });
      expect(await rwt.rotate(old)).toBe(fresh);
      expect((await rwt.verify(fresh))?.data).toBe("Ada");
      ahead += 57;
      expect((await rwt.verify(old))?.data).toBe("Ada");
      ahead += 4;
      expect(await rwt.verify(old)).toBeNull();
      ahead += 600;
      expect([await rwt.verify(old), await rwt.rotate(old), (await rwt.verify(fresh))?.data]).toEqual([
        null,
        null,
        "Ada",
      ]);
      let token = fresh;
      for (let i = 0; i < 10; i++) {
        token = await rwt.rotate(token);
        expect(await rwt.verify(token)).not.toBeNull();
      }
      expect([await rwt.verify(old), await rwt.rotate(old), await rwt.verify(fresh)]).toEqual([
        null,
        null,
        null,
      ]);
      expect((await rwt.verify(token))?.data).toBe("Ada");
    }
    expect(eventsOf(rwt)).toEqual([]);
    await expectExpiries(admin);
  });

  test("prunes nothing live, and keeps all other promises", async () => {
    const { admin, store } = await withoutTime();
    const rwt = createRwt({ store, secret }).with(sessions({ maxSessions: 3 }));
    const subject = freshSubject();
    const tokens: string[] = [];
    for (let i = 0; i < 5; i++) tokens.push(await rwt.sign(i, { subject }));
    expect((await rwt.list(subject)).sessions).toHaveLength(3);
    expect(await rwt.updateAll(subject, "all")).toBe(true);
    expect((await rwt.verify(tokens[4]))?.data).toBe("all");
    expect(await rwt.extend(tokens[4])).toBe(true);
    expect(await rwt.destroyAll(subject, { except: tokens[4] })).toBe(true);
    expect([await rwt.verify(tokens[3]), (await rwt.verify(tokens[4]))?.data]).toEqual([null, "all"]);
    expect(await admin.exists((await keysOf(tokens[4] ?? "")).session)).toBe(1);
    await expectExpiries(admin);
  });
});
