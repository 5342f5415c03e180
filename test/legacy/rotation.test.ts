/** An exchanged token stands for a session, whose new token may be rotated, encrypted and cached like any other. */
import { beforeEach, describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { bench, old, servicesOn, type User } from "./fixture.ts";
import { signedByOldNode } from "./old-libraries.ts";

const { admin, kinds, sessionKeys, time, openStore } = await bench();
beforeEach(() => admin.flushall());

const upgrade = ({ name }: User) => ({ subject: name });
const subject = old.user.name;
const { now } = time;

describe.each(kinds)("an exchanged token, after rotations: $name", ({ open }) => {
  const withLegacy = servicesOn(open());

  test("returns the current token, with and without sessions()", async () => {
    const { token } = await signedByOldNode(admin, old);
    const rwt = withLegacy({ upgrade }, { now }).with(sessions());
    const plain = withLegacy({}, { now });
    let present = (await rwt.verify(token))?.newToken;
    for (let i = 0; i < 3; i++) {
      present = (await rwt.rotate(present, i === 1 ? { retry: false } : {})) ?? expect.fail("not rotated");
      expect(await plain.verify(token)).toMatchObject({ newToken: present, subject });
      expect((await rwt.verify(token))?.newToken).toBe(present);
      // Long after the rotation, which shows that none of these was taken for theft.
      await time.advance(15);
      expect((await rwt.verify(present))?.data).toEqual({ name: subject, admin: "true" });
    }
    expect(await rwt.extend(token)).toBe(true);
    expect(await rwt.idOf(present)).toBe((await rwt.list(subject)).sessions[0]?.id);
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(present)).toBeNull();
    expect(await sessionKeys()).toEqual([]);
  });

  test("ends with all of the person's sessions", async () => {
    const { token } = await signedByOldNode(admin, old);
    const rwt = withLegacy({ upgrade }).with(sessions());
    const present = await rwt.rotate((await rwt.verify(token))?.newToken);
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect([await rwt.verify(token), await rwt.extend(token)]).toEqual([null, false]);
    expect(await rwt.verify(present)).toBeNull();
  });

  test("can be encrypted, rotated and updated", async () => {
    const { token } = await signedByOldNode(admin, old);
    const rwt = withLegacy({ upgrade })
      .with(sessions())
      .with(encryption({ acceptPlain: false }));
    const first = (await rwt.verify(token))?.newToken;
    expect(await rwt.update(token, { name: "Ada" })).toBe(false);
    expect(await rwt.update(first, ({ name }) => ({ name: `${name}!` }))).toBe(true);
    const present = await rwt.rotate(first);
    expect(await rwt.verify(token)).toMatchObject({ newToken: present, data: { name: "Zoë!" }, subject });
    const [key = ""] = (await sessionKeys()).filter((key) => key.startsWith("rwt:"));
    expect(await admin.get(key)).toMatch(/^1 .*\ne1\.[\w-]+\ne1\.[\w-]+$/);
    await expect(withLegacy().verify(token)).rejects.toMatchObject({ reason: "encrypted" });
  });
});

test.each(["endOldest", "reject"] as const)(
  "an exchange isn't a sign-in: maxSessions with %s ends no session for it and refuses none, even if exchanges are concurrent",
  async (onLimit) => {
    const rwt = servicesOn(openStore())({ upgrade }).with(sessions({ maxSessions: 2, onLimit }));
    const others = [await rwt.sign({ name: "1" }, { subject }), await rwt.sign({ name: "2" }, { subject })];
    const { token } = await signedByOldNode(admin, old);
    const exchanged = await Promise.all(Array.from({ length: 10 }, () => rwt.verify(token)));
    expect(new Set(exchanged.map((session) => session?.newToken)).size).toBe(1);
    expect((await rwt.verify(exchanged[0]?.newToken))?.subject).toBe(subject);
    for (const other of others) expect(await rwt.verify(other)).not.toBeNull();
    expect((await rwt.list(subject)).sessions).toHaveLength(3);
    // The limit applies to the next sign-in again.
    const signIn = rwt.sign({ name: "3" }, { subject });
    if (onLimit === "reject") await expect(signIn).rejects.toMatchObject({ code: "ERR_RWT_SESSION_LIMIT" });
    else expect((await rwt.verify(await signIn))?.data).toEqual({ name: "3" });
    expect((await rwt.list(subject)).sessions).toHaveLength(onLimit === "reject" ? 3 : 2);
  },
);

test("a store's cache doesn't return a token that another service has rotated, since its reuse would end the session", async () => {
  const [here, elsewhere] = [{ cache: { ttl: 600 } }, {}].map((options) =>
    servicesOn(openStore(options))({ upgrade }, { now }).with(sessions()),
  );
  const { token } = await signedByOldNode(admin, old);
  const first = (await here?.verify(token))?.newToken;
  await here?.verify(first);
  const present = await elsewhere?.rotate(first);
  await elsewhere?.verify(present);
  await time.advance(15);
  expect((await here?.verify(token))?.newToken).toBe(present);
  expect((await elsewhere?.verify(present))?.subject).toBe(subject);
});

test.each(["endOldest", "reject"] as const)(
  "a sign-in over an exchanged token replaces its successor, and doesn't count it against maxSessions: %s",
  async (onLimit) => {
    const rwt = servicesOn(openStore())({ upgrade }).with(sessions({ maxSessions: 2, onLimit }));
    const other = await rwt.sign({ name: "the phone" }, { subject });
    const { token } = await signedByOldNode(admin, old);
    const { signIn } = requestAuth({ rwt, from: ["cookie"], cookie: { name: "sid" } });
    await rwt.rotate((await rwt.verify(token))?.newToken);
    const headers = { cookie: `sid=${token}` };
    const signedIn = await signIn({ method: "POST", headers }, { name: "Ada" }, { subject });
    if (signedIn instanceof Response) expect.fail(`${signedIn.status}`);
    expect(await rwt.verify(signedIn.token)).not.toBeNull();
    expect(await rwt.verify(other)).not.toBeNull();
    expect(await rwt.verify(token)).toBeNull();
    expect((await rwt.list(subject)).sessions).toHaveLength(2);
  },
);
