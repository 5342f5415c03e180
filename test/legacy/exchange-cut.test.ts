/** If the exchange of an old token fails midway, no session is left whose token nobody holds. */
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { SCRIPTS } from "../../src/redis/scripts.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { bench, old, servicesOn } from "./fixture.ts";
import { signedByOldNode } from "./old-libraries.ts";

const { admin } = await bench();
beforeEach(() => admin.flushall());

const sessionsNow = (): Promise<string[]> => admin.keys("rwt:*:s:*");
const lost = Object.assign(new Error("lost"), { code: "ECONNRESET" });

/** A client that loses the first command with a word among its arguments: the command itself, or its reply. */
function losing(word: string, what: "command" | "reply") {
  let isLost = false;
  return {
    async call(name: string, ...args: string[]): Promise<unknown> {
      if (isLost || ![name, ...args].includes(word)) return admin.call(name, ...args);
      isLost = true;
      if (what === "reply") await admin.call("EVAL", SCRIPTS["legacy-exchange"].text, ...args.slice(1));
      throw lost;
    },
  };
}

describe.each(["command", "reply"] as const)("if the %s is lost", (what) => {
  test("the old token leads to the only session that was signed", async () => {
    const { token } = await signedByOldNode(admin, old);
    const client = losing(SCRIPTS["legacy-exchange"].sha1, what);
    const rwt = servicesOn(ioredisStore(client))({ upgrade: ({ name }) => ({ subject: name }) });
    await expect(rwt.verify(token)).rejects.toMatchObject({ reason: "network" });
    await sleep(100);
    const session = await rwt.verify(token);
    expect(session?.newToken).toMatch(/^rwt_/);
    expect(await rwt.verify(session?.newToken)).not.toBeNull();
    expect(await sessionsNow()).toHaveLength(1);
  });
});

test("if the caller aborts after the new session is signed, the old token leads to it", async () => {
  const { token } = await signedByOldNode(admin, old);
  const controller = new AbortController();
  const client = {
    async call(name: string, ...args: string[]): Promise<unknown> {
      const reply = await admin.call(name, ...args);
      if (Array.isArray(reply) && reply[0] === "created") controller.abort(new Error("gave up"));
      return reply;
    },
  };
  const rwt = servicesOn(ioredisStore(client))({ upgrade: ({ name }) => ({ subject: name }) });
  await expect(rwt.verify(token, { signal: controller.signal })).rejects.toThrow("gave up");
  await sleep(100);
  // If the abort came before the sign's reply, the session is taken back. Otherwise the old token leads to it.
  expect((await rwt.verify(token))?.newToken).toMatch(/^rwt_/);
  await expect.poll(sessionsNow).toHaveLength(1);
});
