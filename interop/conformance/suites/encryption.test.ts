import { expect } from "vitest";
import { encryption } from "../../../src/encryption/index.ts";
import { createRwt } from "../../../src/index.ts";
import { sessions } from "../../../src/sessions/index.ts";
import { describeClients, outcomeOf } from "../checks.ts";
import { startClients } from "../clients.ts";
import type { ServiceOptions } from "../protocol.ts";
import { older, openStage, secret } from "../stage.ts";

const { redis, admin, store, rwt } = await openStage();
const encrypted = createRwt({ store, secret })
  .with(encryption({ acceptPlain: false }))
  .with(sessions());

const subject = "émilie";
const options = { subject, meta: { device: "iPad" }, expire: 60 };
const data = { name: "Zoë 🎟", n: 1 };
const both = { data, subject, expire: 60 };

const allInRedis = async () => {
  const keys = (await admin.keys("*")).filter((key) => !key.includes(":i:"));
  return [...keys, ...(await admin.mget(keys))].join("\n");
};

describeClients("encryption", await startClients(), (client, check) => {
  const service = (more: Partial<ServiceOptions>) => client.service({ redis: redis.url, secret, ...more });
  const plain = service({});
  const encrypts = service({ encrypt: true });
  /** Reads encrypted sessions, and signs plain ones. */
  const reads = service({ encrypt: false });
  const strict = service({ encrypt: true, acceptPlain: false });

  check(
    "encryption",
    ["sign"],
    "each verifies what the other encrypts, and Redis holds nothing readable",
    async () => {
      const mine = await encrypted.sign(data, options);
      expect(await encrypts.verify(mine)).toMatchObject(both);
      expect(await reads.verify(mine)).toMatchObject(both);
      const theirs = await encrypts.sign(data, options);
      expect(await encrypted.verify(theirs)).toMatchObject({ ...both, meta: options.meta });
      expect(await allInRedis()).not.toMatch(/Zoë|milie|iPad/);
    },
  );

  check("encryption", ["increment", "rotate", "updateAll"], "each reads what the other changes", async () => {
    const mine = await encrypted.sign(data, options);
    expect(await encrypts.increment(mine)).toBe(true);
    expect((await encrypted.verify(mine))?.data).toEqual({ ...data, n: 2 });
    const three = (found: unknown) => ({ ...(found as typeof data), n: 3 });
    expect(await encrypted.update(mine, three)).toBe(true);
    expect((await strict.verify(mine))?.data).toEqual({ ...data, n: 3 });
    const rotated = String(await encrypts.rotate(mine));
    expect(await encrypts.updateAll(subject, { all: "theirs" })).toBe(true);
    expect((await encrypted.verify(rotated))?.data).toEqual({ all: "theirs" });
    expect(await encrypted.updateAll(subject, { all: "TypeScript" })).toBe(true);
    expect((await strict.verify(rotated))?.data).toEqual({ all: "TypeScript" });
    expect(await allInRedis()).not.toMatch(/theirs|TypeScript|Zoë|milie|iPad/);
  });

  check(
    "encryption",
    ["list", "destroyAll"],
    "a list decrypts, and destroyAll ends the sessions of both",
    async () => {
      const mine = await encrypted.sign(data, options);
      expect(await strict.list(subject)).toMatchObject({ sessions: [{ meta: options.meta }] });
      expect(await encrypts.destroyAll(subject)).toBe(true);
      expect(await encrypted.verify(mine)).toBeNull();
    },
  );

  for (const [feature, act] of [
    ["update", (token: string) => plain.update(token, "plain")],
    ["updateAll", () => plain.updateAll(subject, "plain")],
  ] as const)
    check(feature, [], "without options, puts no plain text in the place of encrypted data", async () => {
      const mine = await encrypted.sign(data, options);
      const answer = await outcomeOf(act(mine));
      // A client that always has the key encrypts the new data; others refuse.
      const left = answer === true ? { data: "plain" } : both;
      expect([true, "ERR_RWT_STORE_UNAVAILABLE"]).toContain(answer);
      expect(await encrypted.verify(mine)).toMatchObject(left);
    });

  check(
    "encryption",
    ["sign"],
    "TypeScript without encryption can't replace what the client encrypted",
    async () => {
      const theirs = await encrypts.sign(data, { subject: "another" });
      await expect(rwt.update(theirs, 1)).rejects.toMatchObject({ reason: "encrypted" });
      await expect(rwt.updateAll("another", 1)).rejects.toMatchObject({ reason: "encrypted" });
    },
  );

  check(
    "encryption",
    ["sign"],
    "opens with any secret of a list, and accepts plain sessions unless told not to",
    async () => {
      const token = await service({ secret: older, encrypt: true }).sign(1);
      const ring = service({ secret: [secret, older], encrypt: true });
      expect((await ring.verify(token))?.data).toBe(1);
      const one = await reads.sign(2);
      expect((await encrypts.verify(one))?.data).toBe(2);
      expect(await strict.verify(one)).toBeNull();
      expect(await encrypted.verify(one)).toBeNull();
      expect((await strict.verify(await strict.sign(3)))?.data).toBe(3);
    },
  );

  const ivsIn = async () => {
    const values = await Promise.all((await admin.keys("*:[sp]:*")).map((key) => admin.get(key)));
    const lines = values
      .flatMap((value) => value?.split("\n") ?? [])
      .filter((line) => line.startsWith("e1."));
    return lines.map((line) => [line.slice(3, 19), line] as const);
  };

  check("encryption", ["sign", "update", "updateAll"], "each line has an IV of its own", async () => {
    const seen = new Map<string, string>();
    const look = async (least: number) => {
      const all = await ivsIn();
      expect(all.length).toBeGreaterThanOrEqual(least);
      for (const [iv, line] of all) {
        expect(seen.get(iv) ?? line, "another line with the same IV").toBe(line);
        seen.set(iv, line);
      }
    };
    const token = await encrypts.sign(data, options);
    await encrypts.sign(data, options);
    await look(4);
    for (let i = 1; i <= 3; i++) {
      expect(await encrypts.update(token, data)).toBe(true);
      await look(4);
      expect(await encrypts.updateAll(subject, data)).toBe(true);
      await look(5);
      expect(seen.size, "the same data again has another IV").toBe(4 + 2 * i);
    }
  });

  check(
    "encryption",
    ["update", "updateAll"],
    "a session's own secret encrypts what replaces its data",
    async () => {
      const before = createRwt({ store, secret: older }).with(encryption()).with(sessions());
      const ring = service({ secret: [secret, older], encrypt: true });
      const token = await before.sign(1, options);
      expect(await ring.update(token, 2)).toBe(true);
      expect((await before.verify(token))?.data).toBe(2);
      expect(await ring.updateAll(subject, 3)).toBe(true);
      expect((await before.verify(token))?.data).toBe(3);
    },
  );

  /** The place of a plain line, and how to put one there. */
  const PLAIN = [
    ["line 2 of a session", "*:s:*", 1, '{"sub":"émilie"}', []],
    ["line 3 of a session", "*:s:*", 2, "1", []],
    ["line 4 of a session", "*:s:*", 3, '{"at":1700000000}', ["reauthenticate"]],
    ["line 2 of a person", "*:p:*", 1, "1", []],
  ] as const;
  for (const [place, pattern, at, line, needs] of PLAIN)
    check("encryption", needs, `a plain ${place} is no live token to who accepts none`, async () => {
      const token = await encrypted.sign(data, { ...options, auth: {} });
      if (pattern === "*:p:*") await encrypted.updateAll(subject, data);
      const [key = ""] = await admin.keys(pattern);
      const lines = (await admin.get(key))?.split("\n") ?? [];
      expect(await strict.verify(token)).toMatchObject(both);
      await admin.set(key, lines.with(at, line).join("\n"), "EX", 60);
      expect(await strict.verify(token)).toBeNull();
    });

  check(
    "encryption",
    ["update", "updateAll"],
    "a service that signs plain sessions leaves others encrypted",
    async () => {
      const mine = await encrypted.sign(data, options);
      for (const text of ["theirs", "again theirs"]) {
        expect(await reads.update(mine, { text })).toBe(true);
        expect((await encrypted.verify(mine))?.data).toEqual({ text });
        expect(await reads.updateAll(subject, { all: text })).toBe(true);
        expect((await encrypted.verify(mine))?.data).toEqual({ all: text });
      }
      expect(await allInRedis()).not.toMatch(/theirs|milie|iPad/);
      await expect(rwt.updateAll(subject, 1)).rejects.toMatchObject({ reason: "encrypted" });
    },
  );

  check("reauthenticate", ["encrypt"], "a line 4 is encrypted where the session is, or refused", async () => {
    const mine = await encrypted.sign(data, options);
    const refused = await plain.reauthenticate(mine, { amr: ["hardware key"] }).catch(() => mine);
    const fresh = String(await reads.reauthenticate(String(refused), { amr: ["hardware key"] }));
    expect(await encrypted.verify(fresh)).toMatchObject({ ...both, auth: { amr: ["hardware key"] } });
    expect(await allInRedis()).not.toContain("hardware key");
  });

  check(
    "verify",
    [],
    "an encrypted session is an outage to a client without the key, never no session",
    async () => {
      const mine = await encrypted.sign(data, options);
      const answer = await outcomeOf(plain.verify(mine));
      // Some clients have the key in any case.
      if (answer !== "ERR_RWT_STORE_UNAVAILABLE") expect(answer).toMatchObject(both);
    },
  );

  check("encryption", ["sign"], "a line is bound to the key with its prefix", async () => {
    const prefix = "app:";
    const theirs = createRwt({ store, secret, prefix }).with(encryption({ acceptPlain: false }));
    const prefixed = service({ encrypt: true, prefix });
    expect(await theirs.verify(await prefixed.sign(data, options))).toMatchObject(both);
    expect(await prefixed.verify(await theirs.sign(data, options))).toMatchObject(both);
  });
});
