import type { createRwtWithSessions, SessionEvent } from "redis-web-token/sessions";
import { equal } from "../../src/testing/assert.ts";
import type { ConformanceContext } from "./cases.ts";

/** A person's sessions on any store and any runtime; the cases import nothing that runs, as those of `cases.ts`. */
export interface SessionContext extends Omit<ConformanceContext, "createRwt"> {
  readonly createRwtWithSessions: typeof createRwtWithSessions;
}

export interface SessionCase {
  readonly name: string;
  run(context: SessionContext): Promise<void>;
}

const secret = "a conformance secret of 32 bytes and more";

const freshSubject = (): string => `person ${crypto.randomUUID()}`;

function serviceOf({ createRwtWithSessions, openStore, now }: SessionContext) {
  const events: SessionEvent[] = [];
  const onEvent = (event: SessionEvent): void => void events.push(event);
  return { rwt: createRwtWithSessions<unknown>({ store: openStore(), secret, now, onEvent }), events };
}

export const sessionCases: readonly SessionCase[] = [
  {
    name: "lists a subject's sessions, and ends one of them by its id",
    async run(context) {
      const { rwt } = serviceOf(context);
      const subject = freshSubject();
      const token = await rwt.sign(1, { subject, meta: { device: "é 🎟" } });
      const other = await rwt.sign(2, { subject });
      const { sessions, cursor } = await rwt.list(subject, { current: token });
      equal(sessions.length, 2, "how many");
      equal(cursor, undefined, "further page");
      const own = sessions.find(({ current }) => current);
      equal(own?.meta?.device, "é 🎟", "device");
      equal(await rwt.destroyById(subject, own?.id ?? ""), true, "destroyById");
      equal(await rwt.verify(token), null, "verify afterwards");
      equal((await rwt.verify(other))?.data, 2, "the other");
    },
  },
  {
    name: "ends all sessions of a subject but one, and changes what they hold",
    async run(context) {
      const { rwt } = serviceOf(context);
      const subject = freshSubject();
      const tokens = [];
      for (let i = 0; i < 3; i++) tokens.push(await rwt.sign(i, { subject }));
      equal(await rwt.updateAll(subject, "all"), 3, "updateAll");
      equal(await rwt.update(tokens[0], "one"), true, "update");
      equal(await rwt.destroyAll(subject, { except: tokens[0] }), 2, "destroyAll");
      equal((await rwt.verify(tokens[0]))?.data, "one", "the spared one");
      equal(await rwt.verify(tokens[1]), null, "another");
      equal(await rwt.destroyAll(subject), 1, "destroyAll without exception");
      equal((await rwt.list(subject)).sessions.length, 0, "list afterwards");
    },
  },
  {
    name: "rotates a token, and takes a replay after the grace for theft",
    async run(context) {
      const { rwt, events } = serviceOf(context);
      const old = await rwt.sign("Ada", { subject: freshSubject() });
      const fresh = await rwt.rotate(old, { grace: 10 });
      equal((await rwt.verify(fresh))?.data, "Ada", "the new token");
      equal((await rwt.verify(old))?.data, "Ada", "the old one in its grace");
      await context.advance(13);
      equal(await rwt.verify(old), null, "the old one after it");
      equal(events[0]?.type, "token_reuse", "event");
      equal(await rwt.verify(fresh), null, "the new one");
    },
  },
];
