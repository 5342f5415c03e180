import { expect } from "vitest";
import { encryption } from "../../../src/encryption/index.ts";
import { createRwt } from "../../../src/index.ts";
import { sessions } from "../../../src/sessions/index.ts";
import { describeClients } from "../checks.ts";
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
    check(feature, [], "a service without encryption can't replace encrypted data", async () => {
      const mine = await encrypted.sign(data, options);
      await expect(act(mine)).rejects.toThrow("ERR_RWT_STORE_UNAVAILABLE");
      expect(await encrypted.verify(mine)).toMatchObject(both);
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
});
