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

/** Seconds until the sessions made here expire, in case this program ends halfway. */
const TTL = 60;

/** A token this many generations old counts as reused, and not as a straggler's. */
const GENERATIONS = 9;

/** From this many sessions of a person on, `sign` also cleans a part of the index. */
const MANY = 16;

/** How many sessions are tried, to find one whose slot this node of a cluster has. */
const SLOTS_TRIED = 64;

type LifeService = Rwt & SessionMethods;

/** An operation of a service. */
interface Operation {
  readonly name: string;
  /** Whether it needs a session with a subject. It is skipped if there is none. */
  readonly needsSubject?: true;
  /** @returns whether the answer was right */
  run(): Promise<boolean>;
}

/**
 * Tries every operation of a service, with a random secret, and so on keys that no other service has.
 *
 * @returns the operations that failed, each with its name and the reason
 */
export async function tryOperations(store: TokenStore, prefix: string): Promise<readonly string[]> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const options = { store, secret, prefix, expire: TTL, maxLifetime: TTL };
  const rwt = createRwt(options).with(sessions());
  const sliding = createRwt({ ...options, verifyExtendsToken: true });
  const sealing = createRwt(options).with(encryption());
  const limited = createRwt(options).with(sessions({ maxSessions: 2 }));
  /** The tokens of a session without a subject, and of one with a subject. */
  let [alone, theirs, subject] = ["", "", ""];
  /** Other sessions of the same person. */
  const others: string[] = [];
  const tokens = (): string[] => [alone, theirs].filter((token) => token !== "");
  const areLive = async (service: AnyRwt): Promise<boolean> => {
    for (const token of tokens()) if ((await service.verify(token)) === null) return false;
    return true;
  };
  /** Parallel verifies are batched. */
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
    {
      name: "fresh verify",
      async run() {
        for (const token of tokens()) if ((await rwt.verify(token, { fresh: true })) === null) return false;
        return true;
      },
    },
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
      name: "reauthenticate",
      needsSubject: true,
      async run() {
        theirs = (await rwt.reauthenticate(theirs, { amr: ["pwd"] })) ?? "";
        return (await rwt.verify(theirs))?.auth !== undefined;
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
      if (!(await run())) failed.push(`${name} (wrong result)`);
    } catch (error) {
      failed.push(`${name} (${refusalOf(error)})`);
    }
  }
  for (const token of others) await rwt.destroy(token).catch(() => {});
  if (subject !== "") await forgetPerson(rwt, subject);
  return failed;
}

/**
 * Tests whether reuse of an old token ends its session. Without TIME, Redis only refuses such tokens, which the clock check
 * reports.
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

/** Signs again, with another slot, as long as a cluster has the session's slot on another node. */
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

/** Deletes the person's keys, which would outlive the sessions. */
async function forgetPerson(rwt: AnyRwt, subject: string): Promise<void> {
  const { ring, settings } = partsOf(rwt);
  for (const keys of await ring()) {
    const { person, index } = personKeys(settings.prefix, await hashSubject(keys, subject));
    await settings.store.run(command("DEL", [person, index])).catch(() => {});
  }
}
