import { expect } from "vitest";
import { createOnce } from "../../../src/once/index.ts";
import { commandsOf } from "../../../test/support/commandstats.ts";
import vectors from "../../../vectors.json" with { type: "json" };
import { describeClients, expectOutage } from "../checks.ts";
import { startClients } from "../clients.ts";
import { older, openStage, secret } from "../stage.ts";

const { redis, admin, store } = await openStage();
const purpose = "reset";
const once = createOnce({ store, secret, purpose, expire: 60 });

describeClients("one-time tokens", await startClients(), (client, check) => {
  const service = (one: string | readonly string[]) => client.service({ redis: redis.url, secret: one });
  const its = service(secret);

  check("once", [], "reads what the test vectors hold", async () => {
    for (const { secret, purpose, token, key, value, found } of vectors.onceTokens) {
      await admin.set(key, value, "EX", 60);
      expect(await service(secret).consume(purpose, token), purpose).toMatchObject({ data: found.data });
      expect(await admin.exists(key), purpose).toBe(0);
    }
  });

  check("once", [], "a token that isn't one costs no command", async () => {
    await its.consume(purpose, await once.issue(1));
    const past = createOnce({ store, secret, purpose, expire: 60, now: () => 1_000_000_000 });
    const ended = await past.issue(2);
    const sent = await commandsOf(admin, async () => {
      expect(await its.consume(purpose, ended), "an ended one").toBeNull();
      for (const { secret, purpose, token, why } of vectors.onceRejected)
        expect(await service(secret).consume(purpose, token), why).toBeNull();
    });
    expect(sent).toEqual({});
  });

  check("once", [], "is taken in one step, so that only one service gets it", async () => {
    const [first, second] = [await once.issue(1), await once.issue(2, { subject: "42", replaces: true })];
    expect(await commandsOf(admin, () => its.consume(purpose, first))).toEqual({ getdel: 1 });
    expect(await commandsOf(admin, () => its.consume(purpose, second))).not.toHaveProperty("get");
    for (let i = 0; i < 20; i++) {
      const token = await once.issue(i);
      const got = await Promise.all([its.consume(purpose, token), once.consume(token)]);
      expect(got.filter((found) => found !== null)).toHaveLength(1);
    }
  });

  check("once", [], "a token that a newer one replaced is none, and leaves the newer one", async () => {
    const options = { subject: "42", replaces: true };
    const [before, newer] = [await once.issue("before", options), await once.issue("newer", options)];
    expect(await its.consume(purpose, before)).toBeNull();
    expect((await its.consume(purpose, newer))?.data).toBe("newer");
    expect(await once.consume(newer)).toBeNull();
  });

  check("once", [], "any secret of a list opens a token", async () => {
    const theirs = createOnce({ store, secret: older, purpose, expire: 60 });
    expect((await service([secret, older]).consume(purpose, await theirs.issue(1)))?.data).toBe(1);
    expect(await service(secret).consume(purpose, await theirs.issue(2))).toBeNull();
  });

  check("once", [], "garbage in place of a token is an error, and another version no token", async () => {
    for (const options of [{}, { subject: "42", replaces: true }]) {
      const token = await once.issue(1, options);
      const [key = ""] = await admin.keys("*:o:*");
      const value = (await admin.get(key)) ?? "";
      for (const garbage of ["no token", value.split("\n")[0] ?? "", `${value.slice(0, 51)}{`]) {
        await admin.set(key, garbage, "EX", 60);
        await expectOutage(its.consume(purpose, token), garbage);
      }
      await admin.set(key, `2${value.slice(1)}`, "EX", 60);
      expect(await its.consume(purpose, token)).toBeNull();
      await admin.flushall();
    }
  });
});
