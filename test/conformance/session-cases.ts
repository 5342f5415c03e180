import type { encryption } from "redis-web-token/encryption";
import type { SessionEvent, SessionsOptions, sessions } from "redis-web-token/sessions";
import { equal, rejection } from "../../src/testing/assert.ts";
import type { ConformanceContext } from "./cases.ts";

/** A person's sessions on every store and runtime. Like those of `cases.ts`, these cases import no code of the library. */
export interface SessionContext extends ConformanceContext {
  readonly sessions: typeof sessions;
  readonly encryption: typeof encryption;
}

export interface SessionCase {
  readonly name: string;
  run(context: SessionContext): Promise<void>;
}

const secret = "a conformance secret of 32 bytes and more";

const freshSubject = (): string => `person ${crypto.randomUUID()}`;

/** Options of the service itself. */
interface ServiceOptions {
  readonly secret?: readonly string[];
  readonly verifyExtendsToken?: boolean;
}

function serviceOf(
  { createRwt, sessions, openStore, now }: SessionContext,
  { onEvent = () => {}, ...limit }: Pick<SessionsOptions, "maxSessions" | "onLimit" | "onEvent"> = {},
  options: ServiceOptions = {},
) {
  return createRwt({ store: openStore(), secret, now, ...options }).with(sessions({ onEvent, ...limit }));
}

export const sessionCases: readonly SessionCase[] = [
  {
    name: "lists a person's sessions, and ends one of them by its id",
    async run(context) {
      const rwt = serviceOf(context);
      const subject = freshSubject();
      const token = await rwt.sign(1, { subject, meta: { device: "é 🎟" } });
      const other = await rwt.sign(2, { subject });
      const { sessions, cursor } = await rwt.list(subject, { current: token });
      equal(sessions.length, 2, "how many");
      equal(cursor, undefined, "further page");
      const own = sessions.find(({ current }) => current);
      equal(own?.meta?.device, "é 🎟", "device");
      equal(own?.id, await rwt.idOf(token), "id");
      equal(await rwt.destroyById(subject, own?.id ?? ""), true, "destroyById");
      equal(await rwt.destroyById(subject, own?.id ?? ""), false, "destroyById again");
      equal(await rwt.verify(token), null, "verify afterwards");
      equal((await rwt.verify(other))?.data, 2, "the other");
    },
  },
  {
    name: "lists page by page, each session once, though some rotate and end in between",
    async run(context) {
      const rwt = serviceOf(context);
      const subject = freshSubject();
      const tokens = await Promise.all(Array.from({ length: 9 }, (_, i) => rwt.sign(i, { subject })));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page: Awaited<ReturnType<typeof rwt.list>> = await rwt.list(subject, { limit: 2, cursor });
        seen.push(...page.sessions.map(({ id }) => id));
        cursor = page.cursor;
        await rwt.rotate(tokens[seen.length % 9]);
        // The session after which the next page begins.
        await rwt.destroyById(subject, page.sessions.at(-1)?.id ?? "");
      } while (cursor !== undefined);
      equal(seen.length, 9, "how many");
      equal(new Set(seen).size, 9, "each once");
    },
  },
  {
    name: "ends all sessions of a person except one, and changes their data",
    async run(context) {
      const rwt = serviceOf(context);
      const subject = freshSubject();
      equal(await rwt.updateAll(subject, "nobody"), false, "updateAll of nobody");
      equal(await rwt.destroyAll(subject), false, "destroyAll of nobody");
      const [own, other] = [await rwt.sign(0, { subject }), await rwt.sign(1, { subject })];
      const stranger = await rwt.sign("stranger", { subject: freshSubject() });
      equal(await rwt.updateAll(subject, "all"), true, "updateAll");
      for (const token of [own, other]) equal((await rwt.verify(token))?.data, "all", "after updateAll");
      equal(await rwt.update(own, "one"), true, "update");
      equal((await rwt.verify(other))?.data, "all", "the other after update");
      equal(await rwt.destroyAll(subject, { except: own }), true, "destroyAll");
      equal((await rwt.verify(own))?.data, "one", "the spared one");
      equal(await rwt.verify(other), null, "the other");
      equal(await rwt.update(other, "late"), false, "update of an ended one");
      equal((await rwt.list(subject)).sessions.length, 1, "list of the spared one");
      equal(await rwt.destroyAll(subject), true, "destroyAll without exception");
      equal(await rwt.verify(own), null, "the spared one at last");
      equal((await rwt.list(subject)).sessions.length, 0, "list afterwards");
      const fresh = await rwt.sign(2, { subject });
      equal((await rwt.verify(fresh))?.data, 2, "a new sign-in");
      equal(await rwt.verify(own), null, "an ended one after the new sign-in");
      equal((await rwt.verify(stranger))?.data, "stranger", "another person's");
    },
  },
  {
    name: "loses no update by a function, with or without a subject",
    async run(context) {
      const rwt = serviceOf(context);
      for (const subject of [undefined, freshSubject()]) {
        const token = await rwt.sign({ count: 0 }, { subject });
        const add = (data: unknown) => ({ count: (data as { readonly count: number }).count + 1 });
        const done = await Promise.all(Array.from({ length: 8 }, () => rwt.update(token, add)));
        equal(done.every(Boolean), true, "done");
        equal(JSON.stringify((await rwt.verify(token))?.data), '{"count":8}', "count");
      }
    },
  },
  {
    name: "keeps how a user signed in and who acts as them, and records a step-up in one step, plain and encrypted",
    async run(context) {
      const { createRwt, sessions, encryption, openStore, now } = context;
      const time = (): number => Math.floor(now?.() ?? Date.now() / 1000);
      const plain = createRwt({ store: openStore(), secret, now }).with(sessions());
      for (const rwt of [plain, plain.with(encryption())]) {
        for (const subject of [undefined, freshSubject()]) {
          const at = time() - 1000;
          const act = { sub: "support-7", reason: "ticket é" };
          const old = await rwt.sign(1, { subject, auth: { at, amr: ["pwd"], acr: "1" }, act });
          const before = await rwt.verify(old);
          equal(JSON.stringify(before?.auth), `{"at":${at},"amr":["pwd"],"acr":"1"}`, "auth at first");
          equal(JSON.stringify(before?.act), JSON.stringify(act), "act at first");
          const rotated = await rwt.rotate(old);
          equal(await rwt.update(rotated, 2), true, "update");
          equal(await rwt.extend(rotated), true, "extend");
          equal((await rwt.verify(rotated))?.auth?.at, at, "auth after rotate, update and extend");
          const fresh = await rwt.reauthenticate(rotated, { amr: ["pwd", "otp"] });
          equal(await rwt.verify(rotated), null, "the old token, at once");
          equal(await rwt.reauthenticate(rotated, {}), null, "the old token again");
          const after = await rwt.verify(fresh);
          equal(after?.data, 2, "data");
          equal(after?.auth?.amr?.join(), "pwd,otp", "amr after");
          equal(Math.abs((after?.auth?.at ?? 0) - time()) < 10, true, "at after");
          equal(after?.auth?.acr, undefined, "acr after");
          equal(after?.act?.sub, "support-7", "act after");
          if (subject !== undefined) {
            const [listed] = (await rwt.list(subject)).sessions;
            equal(JSON.stringify([listed?.auth, listed?.act]), JSON.stringify([after?.auth, act]), "list");
          }
          await rwt.destroy(fresh);
          equal(await rwt.reauthenticate(fresh, {}), null, "after destroy");
        }
      }
    },
  },
  {
    name: "updates all of a person's sessions from a function that loads the data, which no older load overwrites",
    async run(context) {
      const rwt = serviceOf(context);
      const subject = freshSubject();
      let loads = 0;
      equal(await rwt.updateAll(subject, () => ++loads), false, "nobody");
      equal(loads, 0, "loads for nobody");
      const token = await rwt.sign("own", { subject });
      const done = await rwt.updateAll(subject, async () => {
        loads++;
        const loaded = `load ${loads}`;
        if (loads === 1) await rwt.updateAll(subject, "of another request, newer");
        return loaded;
      });
      equal(done, true, "done");
      equal((await rwt.verify(token))?.data, "load 2", "the later load");
      const refused = await rejection(
        rwt.updateAll(subject, () => rwt.updateAll(subject, 0).then(() => 1), { retries: 2 }),
        "an updateAll in between each time",
      );
      equal((refused as { code?: string }).code, "ERR_RWT_UPDATE_CONFLICT", "retries used up");
    },
  },
  {
    name: "rotates a token: the old one is live until the new one is used, and its reuse ends the session",
    async run(context) {
      for (const subject of [undefined, freshSubject()]) {
        const events: SessionEvent[] = [];
        const rwt = serviceOf(context, { onEvent: (event) => void events.push(event) });
        const old = await rwt.sign("Ada", { subject });
        const answers = await Promise.all([rwt.rotate(old), rwt.rotate(old), rwt.rotate(old)]);
        equal(new Set(answers).size, 1, "parallel rotations");
        const [fresh] = answers;
        equal((await rwt.verify(old))?.data, "Ada", "the old one, its successor unused");
        equal(await rwt.rotate(old), fresh, "a lost reply");
        equal((await rwt.verify(fresh))?.data, "Ada", "the new one");
        equal(await rwt.verify(old), null, "the old one, its successor used");
        equal((await rwt.verify(fresh))?.data, "Ada", "the new one after a straggler");
        equal(events.length, 0, "events so far");
        await context.advance(11);
        equal(await rwt.verify(old), null, "reuse");
        equal(JSON.stringify(events), JSON.stringify([{ type: "token_reuse", subject }]), "events");
        equal(await rwt.verify(fresh), null, "the new one after reuse");
      }
    },
  },
  {
    name: "rotates with a grace, and immediately for a change of privilege",
    async run(context) {
      const rwt = serviceOf(context);
      const old = await rwt.sign("Ada", { subject: freshSubject() });
      const fresh = await rwt.rotate(old, { grace: 10 });
      equal((await rwt.verify(fresh))?.data, "Ada", "the new one");
      equal((await rwt.verify(old))?.data, "Ada", "the old one in its grace");
      equal(await rwt.update(old, "Grace"), true, "update by the old one");
      equal((await rwt.verify(fresh))?.data, "Grace", "what the old one wrote");
      const strict = await rwt.rotate(fresh, { retry: false });
      equal(await rwt.verify(fresh), null, "the one before, at once");
      equal(await rwt.rotate(fresh), null, "a retry");
      equal((await rwt.verify(strict))?.data, "Grace", "the newest");
      equal(await rwt.destroy(old), true, "destroy by the oldest");
      equal(await rwt.verify(strict), null, "the newest after it");
    },
  },
  {
    name: "enforces a limit: it ends the oldest session, or refuses the sign-in",
    async run(context) {
      const [two, strict] = [
        serviceOf(context, { maxSessions: 2 }),
        serviceOf(context, { maxSessions: 2, onLimit: "reject" }),
      ];
      const subject = freshSubject();
      const tokens: string[] = [];
      for (let i = 0; i < 3; i++) {
        tokens.push(await two.sign(i, { subject }));
        await context.advance(1);
      }
      const living = await Promise.all(tokens.map(async (token) => (await two.verify(token))?.data ?? null));
      equal(JSON.stringify(living), "[null,1,2]", "who lives");
      const refused = (await rejection(strict.sign(3, { subject }), "sign at the limit")) as {
        code?: string;
      };
      equal(refused.code, "ERR_RWT_SESSION_LIMIT", "code");
      await strict.destroy(tokens[1]);
      equal((await strict.verify(await strict.sign(4, { subject })))?.data, 4, "after one has ended");
    },
  },
  {
    name: "slides many sessions of one person at once",
    async run(context) {
      const rwt = serviceOf(context, {}, { verifyExtendsToken: true });
      const subject = freshSubject();
      const persons = [subject, subject, undefined, subject];
      const tokens = await Promise.all(persons.map((each, i) => rwt.sign(i, { subject: each, expire: 20 })));
      for (const _ of [1, 2]) {
        await context.advance(14);
        const found = await Promise.all(tokens.map((token) => rwt.verify(token)));
        equal(JSON.stringify(found.map((session) => session?.data)), "[0,1,2,3]", "data");
      }
    },
  },
  {
    name: "does all of this with encrypted sessions, and with a mix of encrypted and plain ones",
    async run(context) {
      const plain = serviceOf(context);
      const rwt = serviceOf(context).with(context.encryption());
      const subject = freshSubject();
      const before = await plain.sign("plain", { subject, meta: { is: "plain" } });
      const old = await rwt.sign("sealed", { subject, meta: { is: "sealed" } });
      const { sessions } = await rwt.list(subject);
      equal(
        sessions
          .map(({ meta }) => meta?.is)
          .sort()
          .join(),
        "plain,sealed",
        "list",
      );
      const fresh = await rwt.rotate(old);
      equal((await rwt.verify(fresh))?.data, "sealed", "rotated");
      equal(await rwt.update(fresh, (data: unknown) => `${data}, updated`), true, "update");
      equal((await rwt.verify(fresh))?.data, "sealed, updated", "updated");
      const refused = (await rejection(plain.updateAll(subject, 1), "updateAll in plain")) as {
        reason?: string;
      };
      equal(refused.reason, "encrypted", "reason");
      equal((await rwt.verify(before))?.data, "plain", "after what was refused");
      equal(await rwt.updateAll(subject, "all"), true, "updateAll");
      for (const token of [before, fresh]) equal((await rwt.verify(token))?.data, "all", "all updated");
      equal(await rwt.destroyAll(subject, { except: fresh }), true, "destroyAll");
      equal((await rwt.verify(fresh))?.data, "all", "the spared one");
      equal(await rwt.verify(before), null, "the other");
    },
  },
  {
    name: "reaches sessions that an older secret of the ring signed",
    async run(context) {
      const [older, newer] = ["the older secret, 32 bytes at least", "the newer secret, 32 bytes at least"];
      const [before, both] = [
        serviceOf(context, {}, { secret: [older] }),
        serviceOf(context, {}, { secret: [newer, older] }),
      ];
      const subject = freshSubject();
      const tokens = [await before.sign(1, { subject }), await both.sign(2, { subject })];
      equal((await both.list(subject)).sessions.length, 2, "list");
      equal(await both.updateAll(subject, 3), true, "updateAll");
      for (const token of tokens) equal((await both.verify(token))?.data, 3, "updated");
      const fresh = await both.rotate(tokens[0]);
      equal((await before.verify(fresh))?.data, 3, "rotated with the secret that signed it");
      equal(await both.destroyAll(subject), true, "destroyAll");
      for (const token of [...tokens, fresh]) equal(await both.verify(token), null, "ended");
    },
  },
];
