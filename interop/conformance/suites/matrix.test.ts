import { describe, expect } from "vitest";
import { checksOf } from "../checks.ts";
import type { Client } from "../client.ts";
import { startMatrix } from "../clients.ts";
import type { Capability } from "../protocol.ts";
import type { Service } from "../service.ts";
import { openStage, secret } from "../stage.ts";

const { redis, admin } = await openStage();
const user = { id: 42, name: "Zoë 🎟", admin: false, none: null, deep: { list: [0, "", { x: 1.5 }] } };

/** A client with the services that the matrix needs. */
interface Party {
  readonly client: Client;
  readonly still: Service;
  readonly sliding: Service;
  readonly encrypts: Service;
}

const parties = (await startMatrix()).map((client): Party => {
  const service = (more: object) =>
    client.missing === undefined ? client.service({ redis: redis.url, secret, ...more }) : ({} as Service);
  return {
    client,
    still: service({}),
    sliding: service({ verifyExtendsToken: true }),
    encrypts: service({ encrypt: true }),
  };
});

async function sessionKey(): Promise<string> {
  const keys = await admin.keys("*:s:*");
  expect(keys).toHaveLength(1);
  return keys[0] ?? "";
}

const dataBy = async ({ still }: Party, token: string) => (await still.verify(token))?.data;
const meta = { device: "iPad" };

/** One client signs, and another one acts on the session. */
function cell(signer: Party, other: Party): void {
  const check = checksOf(signer.client, other.client);
  const { still: its } = other;

  for (const subject of ["user-42", undefined]) {
    const kind = subject ? "with a subject" : "without a subject";
    const sign = () => signer.still.sign(user, { expire: 100, ...(subject && { subject }), meta });
    /** Signs a session that has 10 of its 100 seconds left. */
    const signLong = async () => {
      const token = await sign();
      await admin.expire(await sessionKey(), 10);
      return token;
    };
    const isRestarted = async () => {
      const ttl = await admin.ttl(await sessionKey());
      expect([ttl > 90, ttl <= 100]).toEqual([true, true]);
    };
    const each = (
      feature: Parameters<typeof check>[0],
      needs: readonly Capability[],
      body: () => Promise<void>,
    ) => check(feature, ["sign", ...needs], kind, body);

    each("verify", [], async () => {
      const token = await signLong();
      expect(await its.verify(token)).toMatchObject({ data: user, subject: subject ?? null, meta });
      expect(await admin.ttl(await sessionKey())).toBeLessThanOrEqual(10);
    });

    each("slide", [], async () => {
      expect((await other.sliding.verify(await signLong()))?.data).toEqual(user);
      await isRestarted();
    });

    each("extend", [], async () => {
      expect(await its.extend(await signLong())).toBe(true);
      await isRestarted();
    });

    each("update", [], async () => {
      const token = await sign();
      expect(await its.update(token, { new: [1.5] })).toBe(true);
      expect(await dataBy(signer, token)).toEqual({ new: [1.5] });
    });

    each("increment", ["update"], async () => {
      const token = await sign();
      expect(await signer.still.update(token, { ...user, n: 1 })).toBe(true);
      expect(await its.increment(token)).toBe(true);
      expect(await dataBy(signer, token)).toEqual({ ...user, n: 2 });
    });

    each("rotate", [], async () => {
      const token = await sign();
      const next = String(await its.rotate(token));
      expect(await signer.still.rotate(token)).toBe(next);
      expect(await dataBy(signer, next)).toEqual(user);
      expect([await signer.still.verify(token), await its.verify(token)]).toEqual([null, null]);
    });

    each("idOf", [], async () => {
      const token = await sign();
      expect(await its.idOf(token)).toMatch(/^[\w-]{22}$/);
      expect(await its.idOf(token)).toBe(await signer.still.idOf(token));
    });

    each("reauthenticate", [], async () => {
      const token = await sign();
      const fresh = String(await its.reauthenticate(token, { amr: ["hwk"] }));
      expect(await signer.still.verify(fresh)).toMatchObject({ data: user, auth: { amr: ["hwk"] } });
      expect([await signer.still.verify(token), await its.verify(token)]).toEqual([null, null]);
    });

    each("once", [], async () => {
      const token = await signer.still.issue("reset", user, { ...(subject && { subject }) });
      expect(await its.consume("another", token)).toBeNull();
      expect((await its.consume("reset", token))?.data).toEqual(user);
      expect([await its.consume("reset", token), await signer.still.consume("reset", token)]).toEqual([
        null,
        null,
      ]);
    });

    each("encryption", [], async () => {
      const token = await signer.encrypts.sign(user, { ...(subject && { subject }) });
      expect((await other.encrypts.verify(token))?.data).toEqual(user);
      expect(await admin.get(await sessionKey())).not.toContain("Zoë");
    });

    each("destroy", [], async () => {
      const token = await sign();
      expect(await its.destroy(token)).toBe(true);
      expect(await admin.keys("*:s:*")).toEqual([]);
      for (const { client, still, sliding } of parties) {
        if (client.missing !== undefined) continue;
        expect([await still.verify(token), await sliding.verify(token)]).toEqual([null, null]);
        if (client.can("extend")) expect(await still.extend(token)).toBe(false);
        if (client.can("destroy")) expect(await still.destroy(token)).toBe(false);
      }
      expect(await admin.keys("*:s:*")).toEqual([]);
    });
  }

  const subject = "user-42";
  const signTwo = async () =>
    [await signer.still.sign(1, { subject }), await signer.still.sign(2, { subject, meta })] as [
      string,
      string,
    ];
  const both = (party: Party, tokens: readonly string[]) =>
    Promise.all(tokens.map((token) => dataBy(party, token)));

  check("verify", ["sign"], "ended with the person's key", async () => {
    const token = await signer.still.sign(user, { subject });
    await admin.del(await admin.keys("*:p:*"));
    expect([await its.verify(token), await other.sliding.verify(token)]).toEqual([null, null]);
  });

  check("list", ["sign"], "of two", async () => {
    const [, current] = await signTwo();
    const { sessions, cursor = null } = await its.list(subject, { current });
    expect(sessions).toHaveLength(2);
    expect(sessions.filter(({ current }) => current)).toMatchObject([{ meta }]);
    expect(cursor).toBeNull();
  });

  check("destroyById", ["sign", "idOf"], "one of two", async () => {
    const tokens = await signTwo();
    const id = String(await signer.still.idOf(tokens[0]));
    expect(await its.destroyById(subject, id)).toBe(true);
    expect(await both(signer, tokens)).toEqual([undefined, 2]);
    expect(await signer.still.destroyById(subject, id)).toBe(false);
  });

  check("destroyAll", ["sign"], "but one, and all", async () => {
    const tokens = await signTwo();
    expect(await its.destroyAll(subject, { except: tokens[1] })).toBe(true);
    expect([await both(signer, tokens), await both(other, tokens)]).toEqual([
      [undefined, 2],
      [undefined, 2],
    ]);
    expect(await its.destroyAll(subject)).toBe(true);
    expect(await both(signer, tokens)).toEqual([undefined, undefined]);
  });

  check("updateAll", ["sign"], "of two", async () => {
    const tokens = await signTwo();
    expect(await its.updateAll(subject, user)).toBe(true);
    expect(await both(signer, tokens)).toEqual([user, user]);
    expect(await both(other, tokens)).toEqual([user, user]);
  });
}

for (const signer of parties)
  describe(`signed by ${signer.client.name}${signer.client.missing ?? ""}`, () => {
    for (const other of parties)
      describe(`then used by ${other.client.name}${other.client.missing ?? ""}`, () => cell(signer, other));
  });
