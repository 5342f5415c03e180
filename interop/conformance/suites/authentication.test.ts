import { describe, expect } from "vitest";
import { encryption } from "../../../src/encryption/index.ts";
import { tokenVector } from "../../../tools/vectors/token.ts";
import vectors from "../../../vectors.json" with { type: "json" };
import { describeClients, outcomeOf } from "../checks.ts";
import { startClients } from "../clients.ts";
import { openStage, secret } from "../stage.ts";

const { redis, admin, rwt: plain } = await openStage();
const ID = "0123456789abcdef0123456789abcdef";
const auth = { at: 1_700_000_000, amr: ["pwd", "otp"], acr: "2" };
const act = { sub: "support-7", act: { sub: "bot" } };
const known = { auth, act };

/** Not all clients know line 4 and `act`. */
describeClients("how a user signed in", await startClients(), (client, check) => {
  for (const [kind, rwt, config] of [
    ["plain", plain, {}],
    ["encrypted", plain.with(encryption({ acceptPlain: false })), { encrypt: true, acceptPlain: false }],
  ] as const)
    for (const options of [{}, { subject: "émilie" }]) {
      const needs = kind === "encrypted" ? (["encrypt"] as const) : [];
      const what = `${kind}${"subject" in options ? ", with a subject" : ""}`;

      describe(what, () =>
        check("values", needs, "whatever the client writes keeps it", async () => {
          const its = client.service({ redis: redis.url, secret, ...config });
          const token = await rwt.sign({ n: 1 }, { ...options, ...known });
          expect((await its.verify(token))?.data).toEqual({ n: 1 });
          if (client.can("update")) expect(await its.update(token, { n: 2 })).toBe(true);
          if (client.can("increment")) expect(await its.increment(token)).toBe(true);
          if (client.can("extend")) expect(await its.extend(token)).toBe(true);
          expect(await rwt.verify(token)).toMatchObject(known);
          let last = token;
          if (client.can("rotate")) {
            const rotated = String(await its.rotate(token));
            expect((await its.verify(rotated))?.data).toMatchObject({ n: expect.any(Number) });
            expect(await rwt.verify(rotated)).toMatchObject(known);
            last = String(await its.rotate(rotated, { retry: false }));
            expect(await rwt.verify(last)).toMatchObject(known);
          }
          if ("subject" in options) {
            const { subject } = options;
            if (client.can("updateAll")) expect(await its.updateAll(subject, { n: 9 })).toBe(true);
            if (client.can("list")) expect((await its.list(subject)).sessions).toHaveLength(1);
            if (client.can("destroyAll")) expect(await its.destroyAll(subject, { except: last })).toBe(true);
            expect(await rwt.verify(last)).toMatchObject(known);
          }
          const fresh = String(await rwt.reauthenticate(last, { amr: ["hwk"] }));
          expect(await its.verify(last)).toBeNull();
          expect((await its.verify(fresh))?.data).toMatchObject({ n: expect.any(Number) });
          expect((await rwt.verify(fresh))?.auth?.amr).toEqual(["hwk"]);
          if (!client.can("destroy")) return;
          expect(await its.destroy(fresh)).toBe(true);
          expect(await rwt.verify(fresh)).toBeNull();
        }),
      );

      describe(what, () =>
        check(
          "reauthenticate",
          ["sign", ...needs],
          "the client writes and reads it as TypeScript does",
          async () => {
            const its = client.service({ redis: redis.url, secret, ...config });
            const [theirs, ours] = [
              await its.sign({ n: 1 }, { ...options, ...known }),
              await rwt.sign({ n: 1 }, { ...options, ...known }),
            ];
            for (const token of [theirs, ours]) {
              expect(await rwt.verify(token)).toMatchObject(known);
              expect(await its.verify(token)).toMatchObject(known);
            }
            if ("subject" in options && client.can("list"))
              expect((await its.list(options.subject)).sessions).toMatchObject([known, known]);
            const fresh = String(await its.reauthenticate(ours, { amr: ["hwk"] }));
            const session = await rwt.verify(fresh);
            expect(session?.auth).toEqual({ at: expect.any(Number), amr: ["hwk"] });
            expect((await its.verify(fresh))?.auth).toEqual(session?.auth);
            expect(await rwt.verify(ours)).toBeNull();
            // Only the newest token may prove something.
            expect(await its.reauthenticate(ours, { acr: "3" })).toBeNull();
            const plainToken = await its.sign(1, options);
            expect((await its.verify(plainToken)) ?? {}).not.toMatchObject({ auth: expect.anything() });
            if (!("subject" in options)) return;
            await rwt.destroyAll(options.subject);
          },
        ),
      );
    }

  for (const { why, session, found } of vectors.authentications)
    check("vectors", ["reauthenticate"], `reads how a user signed in: ${why}`, async () => {
      const vector = tokenVector({
        secret,
        subject: null,
        deadline: 4_102_444_800,
        expire: 3600,
        generation: 0,
        id: ID,
      });
      await admin.set(vector.sessionKey, session, "EX", 60);
      const its = client.service({ redis: redis.url, secret });
      const read = its.verify(vector.token);
      if (found === "no answer") {
        const outcome = await outcomeOf(read);
        // A client that has the key in any case finds that it isn't the line that was written.
        return expect(["ERR_RWT_STORE_UNAVAILABLE", null]).toContain(outcome);
      }
      const answer = await read;
      // Some clients leave out what isn't there, others say null.
      expect(answer && { auth: answer.auth ?? null, act: answer.act ?? null }).toEqual(found);
    });
});
