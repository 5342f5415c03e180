import { createRwt } from "../../create-rwt.ts";
import { encryption } from "../../encryption/index.ts";
import { StoreFault, type StoreUnavailableError } from "../../errors.ts";
import { command } from "../../redis/command.ts";
import type { AnyRwt, Rwt } from "../../rwt.ts";
import { partsOf } from "../../service.ts";
import { sessions } from "../../sessions/feature.ts";
import type { SessionMethods } from "../../sessions/types.ts";
import type { TokenStore } from "../../store.ts";
import { hashSubject } from "../../token/key-ring.ts";
import { personKeys } from "../../token/keys.ts";
import { answer, refusalOf } from "./server.ts";

/** Seconds after which Redis forgets what is tried here, should this program end halfway. */
const TTL = 60;

/** As many generations behind the present one that a token is no straggler's. */
const GENERATIONS = 9;

/** A person's sessions from which on `sign` looks after some of the index. */
const MANY = 16;

/** How many sessions are signed until one lies in a slot of the cluster's node that was asked. */
const SLOTS_TRIED = 64;

type LifeService = Rwt & SessionMethods;

/** Something that a service does. */
interface Operation {
  readonly name: string;
  /** Whether it needs a session with a subject; without one its answer says nothing. */
  readonly needsSubject?: true;
  /** @returns whether the answer was right */
  run(): Promise<boolean>;
}

/**
 * Lives a service's whole life on keys of its own, by a secret that nobody has: sends all that services send.
 *
 * @returns what failed: each operation's name, and why
 */
export async function tryOperations(store: TokenStore, prefix: string): Promise<readonly string[]> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const options = { store, secret, prefix, expire: TTL, maxLifetime: TTL };
  const rwt = createRwt(options).with(sessions());
  const sliding = createRwt({ ...options, verifyExtendsToken: true });
  const sealing = createRwt(options).with(encryption());
  const limited = createRwt(options).with(sessions({ maxSessions: 2 }));
  /** The tokens of a session without a subject, and of one with it. */
  let [alone, theirs, subject] = ["", "", ""];
  /** Other sessions of the same person. */
  const others: string[] = [];
  const tokens = (): string[] => [alone, theirs].filter((token) => token !== "");
  const areLive = async (service: AnyRwt): Promise<boolean> => {
    for (const token of tokens()) if ((await service.verify(token)) === null) return false;
    return true;
  };
  /** Several at once share a command. */
  const areLiveTogether = async (service: AnyRwt): Promise<boolean> =>
    !(await Promise.all(tokens().map((token) => service.verify(token)))).includes(null);

  const operations: readonly Operation[] = [
    {
      name: "sign",
      async run() {
        alone = await inSlotOfNode(() => rwt.sign(1));
        return true;
      },
    },
    {
      name: "sign with a subject",
      async run() {
        theirs = await inSlotOfNode((attempt) => {
          subject = `doctor ${attempt}`;
          return rwt.sign(1, { subject });
        });
        return true;
      },
    },
    { name: "verify", run: () => areLive(rwt) },
    { name: "verify of several at once", run: () => areLiveTogether(rwt) },
    { name: "sliding verify", run: () => areLive(sliding) },
    { name: "sliding verify of several at once", run: () => areLiveTogether(sliding) },
    { name: "extend", needsSubject: true, run: () => rwt.extend(theirs) },
    {
      name: "rotate",
      needsSubject: true,
      async run() {
        const [before, after] = [theirs, await rwt.rotate(theirs)];
        if (after === null) return false;
        theirs = after;
        // The first use of the new token ends the old one.
        return (await rwt.verify(after)) !== null && (await rwt.verify(before)) === null;
      },
    },
    {
      name: "update",
      needsSubject: true,
      run: async () => (await rwt.update(theirs, 2)) && rwt.update(theirs, () => 3),
    },
    { name: "updateAll", needsSubject: true, run: () => rwt.updateAll(subject, 4) },
    { name: "reuse of a rotated token", needsSubject: true, run: () => reuseEnds(rwt, store, subject) },
    {
      name: "list",
      needsSubject: true,
      async run() {
        const signs = Array.from({ length: MANY }, (_, i) => rwt.sign(i, { subject }));
        others.push(...(await Promise.all(signs)));
        const first = await rwt.list(subject, { limit: MANY });
        const { cursor } = first;
        const next = cursor === undefined ? [] : (await rwt.list(subject, { cursor })).sessions;
        return first.sessions.length + next.length === MANY + 1;
      },
    },
    {
      name: "destroyById",
      needsSubject: true,
      async run() {
        const { sessions: listed } = await rwt.list(subject, { current: theirs });
        const other = listed.find(({ current }) => !current);
        return other !== undefined && rwt.destroyById(subject, other.id);
      },
    },
    {
      name: "destroy",
      async run() {
        for (const token of tokens()) if (!(await rwt.destroy(token))) return false;
        return true;
      },
    },
    {
      name: "sign with maxSessions",
      needsSubject: true,
      async run() {
        const token = await limited.sign(6, { subject });
        others.push(token);
        return (await limited.verify(token)) !== null && (await rwt.list(subject)).sessions.length === 2;
      },
    },
    {
      name: "sign with encryption",
      needsSubject: true,
      async run() {
        const token = await sealing.sign(5, { subject });
        others.push(token);
        return (await sealing.verify(token))?.data === 5;
      },
    },
    { name: "destroyAll", needsSubject: true, run: () => rwt.destroyAll(subject) },
  ];

  const failed: string[] = [];
  for (const { name, needsSubject, run } of operations) {
    if (needsSubject && theirs === "") continue;
    try {
      if (!(await run())) failed.push(`${name} (another answer than it should give)`);
    } catch (error) {
      failed.push(`${name} (${refusalOf(error)})`);
    }
  }
  for (const token of others) await rwt.destroy(token).catch(() => {});
  if (subject !== "") await forgetPerson(rwt, subject);
  return failed;
}

/**
 * Whether a token of long ago ends its session. Where Redis doesn't tell the time, such tokens are only refused, which the check
 * of the clock reports.
 */
async function reuseEnds(rwt: LifeService, store: TokenStore, subject: string): Promise<boolean> {
  const stolen = await rwt.sign(1, { subject });
  let present = stolen;
  for (let i = 0; i < GENERATIONS; i++) present = (await rwt.rotate(present)) ?? "";
  if ((await rwt.verify(present)) === null || (await rwt.verify(stolen)) !== null) return false;
  const isOver = (await rwt.verify(present)) === null;
  if (!isOver) await rwt.destroy(present);
  return isOver || (await answer(store, "TIME")) === undefined;
}

/** Tries again with another session where a cluster has this one's slot on another node. */
async function inSlotOfNode(sign: (attempt: number) => Promise<string>): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sign(attempt);
    } catch (error) {
      const { cause } = Object(error) as StoreUnavailableError;
      const isElsewhere = cause instanceof StoreFault && cause.code === "MOVED";
      if (!isElsewhere || attempt === SLOTS_TRIED) throw error;
    }
  }
}

/** Leaves nothing of the person behind, who would outlive the sessions. */
async function forgetPerson(rwt: AnyRwt, subject: string): Promise<void> {
  const { ring, settings } = partsOf(rwt);
  for (const keys of await ring()) {
    const { person, index } = personKeys(settings.prefix, await hashSubject(keys, subject));
    await settings.store.run(command("DEL", [person, index])).catch(() => {});
  }
}
