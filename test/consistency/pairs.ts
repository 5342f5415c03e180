import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import type { Environment, Transport } from "./environment.ts";
import type { Way } from "./ways.ts";

/** The answers to calls of one kind, each followed by a verify elsewhere. */
export interface Count {
  pairs: number;
  wrong: number;
  /** Calls that threw. */
  failed: number;
}

export interface Tally {
  /** `null` is wrong. */
  readonly signs: Count;
  /** A session is wrong. */
  readonly ends: Count;
}

export interface PairsOptions {
  readonly transport: Transport;
  readonly way: Way;
  /** Half of them signs, half of them ends; all of them signs if the way doesn't see ends. */
  readonly pairs: number;
  /** How many pairs are under way at the same time. */
  readonly workers: number;
}

const secret = "a secret of the consistency check, 32 bytes";

/** A service that writes, and another one that asks right afterwards. */
function placesOf({ open }: Environment, { transport, way: { confirmNull } }: PairsOptions) {
  const writer = createRwt<number>({ store: open(transport), secret }).with(sessions());
  const reader = createRwt<number>({ store: open(transport), secret, confirmNull });
  return { writer, reader };
}

/** Lets one service sign and end sessions, and asks another one as soon as each call has succeeded. */
export async function runPairs(environment: Environment, options: PairsOptions): Promise<Tally> {
  const { way, pairs, workers } = options;
  const tally: Tally = { signs: emptyCount(), ends: emptyCount() };
  const places = Array.from({ length: workers }, () => placesOf(environment, options));
  const signed: { readonly token: string; readonly subject: string | undefined }[] = [];

  async function pair(count: Count, ask: () => Promise<boolean>): Promise<void> {
    count.pairs++;
    try {
      if (!(await ask())) count.wrong++;
    } catch (error) {
      if (count.failed++ === 0) console.error(error);
    }
  }

  let left = way.seesEnds ? Math.ceil(pairs / 2) : pairs;
  await Promise.all(
    places.map(async ({ writer, reader }) => {
      while (left > 0) {
        const number = left--;
        const subject = number % 2 ? `subject ${number}` : undefined;
        await pair(tally.signs, async () => {
          const token = await writer.sign(number, { subject });
          signed.push({ token, subject });
          const session = await reader.verify(token, way.options(await writer.mark()));
          return session?.data === number;
        });
      }
    }),
  );
  if (!way.seesEnds) return tally;
  await environment.untilReplicated();
  await Promise.all(
    places.map(async ({ writer, reader }) => {
      for (let next = signed.pop(); next !== undefined; next = signed.pop()) {
        const { token, subject } = next;
        await pair(tally.ends, async () => {
          await (subject === undefined ? writer.destroy(token) : writer.destroyAll(subject));
          return (await reader.verify(token, way.options(await writer.mark()))) === null;
        });
      }
    }),
  );
  return tally;
}

const emptyCount = (): Count => ({ pairs: 0, wrong: 0, failed: 0 });
