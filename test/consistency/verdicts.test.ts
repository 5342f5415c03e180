/** What a service answers for rotated tokens while its replica doesn't know of the rotation. */
import { describe, expect, test } from "vitest";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { atEnd } from "../support/at-end.ts";
import { startEnvironment } from "./environment.ts";

const environment = await startEnvironment([700]);
atEnd(() => environment.stop());
const secret = "a secret of the tests, 32 bytes or more";

describe.each(["HTTP", "TCP"] as const)("over %s", (transport) => {
  const alarms: string[] = [];
  const service = (options: Partial<RwtOptions> = {}) =>
    createRwt({ store: environment.open(transport), secret, ...options }).with(
      sessions({ onEvent: ({ type }) => void alarms.push(type) }),
    );
  const [here, there] = [service(), service()];

  /** A token that the replica knows. */
  async function signed(subject: string | undefined): Promise<string> {
    const token = await here.sign(1, { subject });
    await environment.untilReplicated();
    return token;
  }

  test.each([undefined, "Ada"])(
    "subject %s: a new token is live, for one that has just been made",
    async (subject) => {
      const next = await here.rotate(await signed(subject));
      expect((await there.verify(next))?.data).toBe(1);
      expect((await here.verify(next))?.data).toBe(1);
    },
  );

  test.each([undefined, "Ada"])(
    "subject %s: a new token whose session has just ended isn't live",
    async (subject) => {
      const next = await here.rotate(await signed(subject));
      await here.destroy(next);
      expect(await there.verify(next)).toBeNull();
    },
  );

  test.each([undefined, "Ada"])(
    "subject %s: a token that was rotated away meanwhile is a straggler, and no alarm",
    async (subject) => {
      const second = await here.rotate(await signed(subject));
      await here.verify(second);
      const third = await here.rotate(second, { retry: false });
      expect(await there.verify(second)).toBeNull();
      expect((await there.verify(third))?.data).toBe(1);
      expect((await here.verify(third))?.data).toBe(1);
    },
  );

  test.each([undefined, "Ada"])(
    "subject %s: a token that is newer than what the replica knows gets what was written before it",
    async (subject) => {
      const token = await signed(subject);
      await here.update(token, 2);
      const session = await there.verify(await here.reauthenticate(token, { amr: ["otp"] }));
      expect([session?.data, session?.auth?.amr]).toEqual([2, ["otp"]]);
    },
  );

  test("none of that is an alarm", () => expect(alarms).toEqual([]));

  test("confirmNull with sliding finds what has just been signed elsewhere", async () => {
    const confirming = service({ confirmNull: true, verifyExtendsToken: true });
    for (const subject of [undefined, "Ada"]) {
      expect((await confirming.verify(await here.sign(1, { subject })))?.data).toBe(1);
    }
  });
});
