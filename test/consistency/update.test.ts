/** What `update` and `updateAll` with a function do while replicas lag. */
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { atEnd } from "../support/at-end.ts";
import { startEnvironment } from "./environment.ts";

const environment = await startEnvironment([500]);
atEnd(() => environment.stop());
const secret = "a secret of the tests, 32 bytes or more";

describe.each(["HTTP", "TCP"] as const)("over %s, with replicas that lag", (transport) => {
  const service = () => createRwt<number>({ store: environment.open(transport), secret }).with(sessions());
  const [here, there] = [service(), service()];
  const add = (n: number) => n + 1;

  test.each([undefined, "Ada"])(
    "subject %s: update with a function changes a session that another service has just signed",
    async (subject) => {
      const token = await here.sign(1, { subject });
      expect(await there.update(token, add)).toBe(true);
      expect((await here.verify(token, { fresh: true }))?.data).toBe(2);
    },
  );

  test.each([undefined, "Ada"])(
    "subject %s: the function gets what another service has just written, and is called once",
    async (subject) => {
      const token = await here.sign(1, { subject });
      await environment.untilReplicated();
      await here.update(token, 10);
      const seen: number[] = [];
      await there.update(token, (n) => {
        seen.push(n);
        return n + 1;
      });
      expect(seen).toEqual([10]);
      expect((await here.verify(token, { fresh: true }))?.data).toBe(11);
    },
  );

  test("updateAll with a function finds a person who has just signed in, here or elsewhere", async () => {
    const token = await here.sign(1, { subject: `new over ${transport}` });
    expect(await there.updateAll(`new over ${transport}`, () => 2)).toBe(true);
    expect(await here.updateAll(`new over ${transport}`, () => 3)).toBe(true);
    expect((await here.verify(token, { fresh: true }))?.data).toBe(3);
  });

  test("updateAll with a function loads once, whatever was written before", async () => {
    const subject = `busy over ${transport}`;
    const token = await here.sign(1, { subject });
    await environment.untilReplicated();
    await here.updateAll(subject, 2);
    let loads = 0;
    expect(await there.updateAll(subject, () => 100 + ++loads)).toBe(true);
    expect((await here.verify(token, { fresh: true }))?.data).toBe(101);
  });
});
