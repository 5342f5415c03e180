import type { createRwt } from "redis-web-token";
import type { upstashStore } from "redis-web-token/upstash";
import { equal } from "../../src/testing/assert.ts";
import { forged } from "../support/forged.ts";

/**
 * How many HTTP requests concurrent calls take, counted by the REST server. Like the conformance cases these import no code of the
 * library.
 */
export interface RequestContext {
  readonly createRwt: typeof createRwt;
  readonly upstashStore: typeof upstashStore;
  /** A server of `test/doubles/rest-server` that nothing else uses. */
  readonly target: { readonly url: string; readonly token: string };
}

export interface RequestCase {
  readonly name: string;
  run(context: RequestContext): Promise<void>;
}

const secret = "a conformance secret of 32 bytes and more";
const users = Array.from({ length: 64 }, (_, i) => ({ id: i }));

const json = (value: unknown): string => JSON.stringify(value);

/** The requests and commands that arrive during `work`. */
async function costOf({ target }: RequestContext, work: () => Promise<unknown>): Promise<unknown> {
  const headers = { Authorization: `Bearer ${target.token}` };
  await fetch(`${target.url}/_requests`, { method: "DELETE", headers });
  await work();
  const counts = (await (await fetch(`${target.url}/_requests`, { headers })).json()) as { total: unknown };
  return counts.total;
}

const serviceOf = ({ createRwt, upstashStore, target }: RequestContext, verifyExtendsToken: boolean) =>
  createRwt({ store: upstashStore(target), secret, verifyExtendsToken });

/** A sliding verify takes one command per session, and one more that reads all values. */
const costOfReads = (sessions: number, sliding: boolean): string =>
  json({ requests: 1, commands: sliding ? sessions + 1 : 1 });

export const requestCases: readonly RequestCase[] = [
  {
    name: "64 verifies in one tick are one request, also for a new service, and each gets its own answer",
    async run(context) {
      const signer = serviceOf(context, false);
      for (const persons of [0, 8]) {
        // Few sessions each, since signs of a person with many sessions start background work.
        const some = crypto.randomUUID();
        const subjectOf = (id: number) => (persons === 0 ? undefined : `${some} ${id % persons}`);
        const tokens = await Promise.all(
          users.map((user) => signer.sign(user, { subject: subjectOf(user.id) })),
        );
        for (const sliding of [false, true]) {
          const rwt = serviceOf(context, sliding);
          for (const state of ["new", "known"]) {
            let sessions: unknown[] = [];
            const cost = await costOf(context, async () => {
              sessions = await Promise.all(tokens.map((token) => rwt.verify(token)));
            });
            equal(
              json(sessions.map((session) => (session as { data?: unknown } | null)?.data)),
              json(users),
              "what was signed",
            );
            const what = `${state} tokens of ${persons} persons, sliding: ${sliding}`;
            equal(json(cost), costOfReads(64, sliding), what);
          }
        }
      }
    },
  },
  {
    name: "several verifies of one token in a tick are one read; dead and forged tokens among them are null",
    async run(context) {
      const rwt = serviceOf(context, true);
      for (const subject of [undefined, crypto.randomUUID()]) {
        const [token, dead] = [await rwt.sign("Ada", { subject }), await rwt.sign("Grace", { subject })];
        await rwt.destroy(dead);
        let answers: unknown[] = [];
        const cost = await costOf(context, async () => {
          const asked = [token, token, dead, forged(token), token];
          answers = (await Promise.all(asked.map((each) => rwt.verify(each)))).map(
            (session) => session?.data ?? null,
          );
        });
        equal(json(answers), json(["Ada", "Ada", null, null, "Ada"]), "answers");
        equal(json(cost), costOfReads(2, true), "cost");
      }
    },
  },
];
