import type { SessionsRwt } from "./fixture.ts";

/** The expected state of a session. */
interface Life {
  readonly n: number;
  readonly subject: string;
  token: string;
  /** Its tokens before rotations. Once the session has ended, these are dead too. */
  readonly former: Set<string>;
  /** Whether it is live. `undefined` if concurrent operations left it open. */
  lives: boolean | undefined;
  /** The possible values of its data. */
  data: Set<number>;
}

/** A small random generator, whose seed makes a run repeatable (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) % 1_000_000) % below;
  };
}

const SUBJECTS = 5;
const AT_ONCE = 12;
const NAMES =
  "sign sign sign verify extend update rotate rotate destroy destroyById updateAll destroyAll".split(" ");

/**
 * Clients that run random operations concurrently, round after round, and a model of the allowed results: ended sessions stay
 * ended, all others stay live, and the lists show exactly those.
 */
export class Model {
  operations = 0;
  private readonly lives: Life[] = [];
  private count = 0;

  private readonly clients: readonly SessionsRwt<number>[];
  private readonly random: (below: number) => number;

  constructor(clients: readonly SessionsRwt<number>[], random: (below: number) => number) {
    this.clients = clients;
    this.random = random;
  }

  async round(): Promise<void> {
    const known = this.lives.filter(({ lives }) => lives === true);
    const signed: Life[] = [];
    const ended = new Set<Life>();
    const maybe = new Set<Life>();
    const swept = new Set<string>();
    const updated: Happenings["updated"] = [];
    const touched = new Set<string>();
    const happenings = { signed, ended, maybe, swept, touched, updated };
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.operation(known, happenings)));
    for (const life of known) {
      // It was signed before the round, and a destroyAll in the round covered it. So it has ended, whatever else ran concurrently.
      if (swept.has(life.subject) || ended.has(life)) life.lives = false;
      else if (maybe.has(life)) life.lives = undefined;
    }
    for (const life of signed) {
      life.lives = touched.has(life.subject) ? undefined : true;
      for (const { subject, data } of updated) if (subject === life.subject) life.data.add(data);
      this.lives.push(life);
    }
    await this.check();
  }

  private async operation(
    known: readonly Life[],
    { signed, ended, maybe, swept, touched, updated }: Happenings,
  ): Promise<void> {
    const { random } = this;
    this.operations++;
    const rwt = this.client();
    const name = NAMES[random(NAMES.length)];
    const subject = `subject ${random(SUBJECTS)}`;
    const life = known[random(Math.max(1, known.length))];
    const data = ++this.count;
    if (name === "sign") {
      const token = await rwt.sign(data, { subject, meta: { n: data } });
      signed.push({ n: data, subject, token, former: new Set(), lives: true, data: new Set([data]) });
    } else if (name === "destroyAll") {
      const except = random(2) === 0 ? known.find((one) => one.subject === subject) : undefined;
      touched.add(subject);
      if (except === undefined) {
        swept.add(subject);
        await rwt.destroyAll(subject);
      } else {
        for (const one of known) if (one.subject === subject && one !== except) maybe.add(one);
        // If it is rotated concurrently, the given token may be an old one.
        maybe.add(except);
        await rwt.destroyAll(subject, { except: except.token });
        for (const one of known) if (one.subject === subject && one !== except) ended.add(one);
      }
    } else if (name === "updateAll") {
      for (const one of known) if (one.subject === subject) one.data.add(data);
      updated.push({ subject, data });
      await rwt.updateAll(subject, data);
    } else if (life === undefined) {
      return;
    } else if (name === "verify") {
      await rwt.verify(life.token);
    } else if (name === "extend") {
      await rwt.extend(life.token);
    } else if (name === "update") {
      life.data.add(data);
      await rwt.update(life.token, data);
    } else if (name === "rotate") {
      const { token } = life;
      const fresh = await rwt.rotate(token, { grace: random(3) === 0 ? 0 : 600 });
      // A concurrent rotation may have returned the same token or a later one.
      if (fresh !== null && life.token === token) {
        life.former.add(token);
        life.token = fresh;
      }
    } else if (name === "destroy") {
      maybe.add(life);
      if (await rwt.destroy(life.token)) ended.add(life);
    } else if (name === "destroyById") {
      const { sessions } = await rwt.list(life.subject);
      const found = sessions.find(({ meta }) => meta?.n === life.n);
      maybe.add(life);
      if (found && (await rwt.destroyById(life.subject, found.id))) ended.add(life);
    }
  }

  private client(): SessionsRwt<number> {
    return this.clients[this.random(this.clients.length)] as SessionsRwt<number>;
  }

  /** With nothing pending, checks that every session is as expected, and that each list has exactly the live ones. */
  private async check(): Promise<void> {
    const rwt = this.client();
    await Promise.all(
      this.lives.map(async (life) => {
        this.operations++;
        const session = await rwt.verify(life.token);
        const lives = session !== null;
        if (life.lives !== undefined && life.lives !== lives) {
          throw new Error(
            `session ${life.n} ${lives ? "lives, and was ended" : "is gone, and nobody ended it"}`,
          );
        }
        if (session && !life.data.has(session.data)) throw new Error(`session ${life.n} has data of another`);
        for (const token of life.former) {
          if (!lives && (await rwt.verify(token)) !== null)
            throw new Error(`session ${life.n} lives by an older token`);
        }
        life.lives = lives;
        if (session) life.data = new Set([session.data]);
      }),
    );
    for (let i = 0; i < SUBJECTS; i++) {
      const subject = `subject ${i}`;
      const { sessions } = await rwt.list(subject, { limit: 1000 });
      const listed = sessions.map(({ meta }) => Number(meta?.n)).sort((a, b) => a - b);
      const living = this.lives.filter((life) => life.subject === subject && life.lives).map(({ n }) => n);
      if (listed.join() !== living.sort((a, b) => a - b).join()) {
        throw new Error(`${subject} has ${living}, and the list says ${listed}`);
      }
    }
    // Most dead sessions are no longer checked.
    const dead = this.lives.filter(({ lives }) => lives === false);
    for (const life of dead.slice(0, -10)) this.lives.splice(this.lives.indexOf(life), 1);
  }
}

interface Happenings {
  readonly signed: Life[];
  /** Sessions that must have ended after the round. */
  readonly ended: Set<Life>;
  /** Sessions that may have ended after the round. */
  readonly maybe: Set<Life>;
  /** Subjects whose earlier sessions must all have ended after the round. */
  readonly swept: Set<string>;
  /** Subjects with a destroyAll in the round, with or without except. It may have ended sessions that were signed in the round. */
  readonly touched: Set<string>;
  /** The data of each updateAll. Sessions that were signed concurrently may have it too. */
  readonly updated: { readonly subject: string; readonly data: number }[];
}
