import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { createRwt, type Session, StoreUnavailableError } from "../../src/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { SCRIPTS } from "../../src/redis/scripts.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { deriveKeys, mintToken } from "../../src/token/index.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import { expectThat, outcomeOf, type Target } from "./target.ts";
import { type Verdict, verdictOn } from "./verdict.ts";

const secret = "a secret of the fuzzer, of 32 bytes or more";
const GENERATION = 2;

const read = (file: string): readonly string[] =>
  JSON.parse(readFileSync(new URL(`corpus/${file}.json`, import.meta.url), "utf8"));
const sessionValues = read("values");
const personValues = read("persons");
const words: readonly string[] = [...read("words"), ...sessionValues, ...personValues];

/** Whether facts and data are there. Without them, a reuse couldn't be reported. */
function hasLines({
  session,
  person,
}: {
  readonly session: string | null;
  readonly person: string | null;
}): boolean {
  const [header = "", facts = "", own = ""] = (session ?? "").split("\n");
  const isBehind = person !== null && person.slice(14, 22) > header.slice(55, 63);
  return facts !== "" && (isBehind ? (person.split("\n")[1] ?? "") : own) !== "";
}

/** Any subject, without lone surrogates, which are refused. */
const wellFormed = (text: string): string => `u${text.replaceAll(/\p{Surrogate}/gu, "?")}`;

/** JSON of any shape, made of the pieces that occur in values. */
function anyJson(random: Random, depth: number): unknown {
  const kind = random.below(depth > 3 ? 5 : 7);
  if (kind === 0) return random.below(2 ** 31) - 2 ** 30;
  if (kind === 1) return random.pick([null, true, false, "", 1.5, -1e-7]);
  if (kind < 5) return mutate(random.pick(words), random, words);
  const members = Array.from({ length: random.below(4) }, () => anyJson(random, depth + 1));
  if (kind === 5) return members;
  const names = ["data", "sub", "v", "__proto__", "toString", 'a"b', "\n"];
  return Object.fromEntries(members.map((member) => [random.pick(names), member]));
}

/** Stored values of sessions and persons: only valid values open a session, and data never affects the fields next to it. */
export async function valueTarget(): Promise<Target> {
  let stored: { session: string | null; person: string | null } = { session: null, person: null };
  let judgement: unknown = "live";
  const store = redisStore({
    async send({ name, args, keys }) {
      if (name === "GET") return stored.session;
      // The primary has what the replica has.
      const isRead = name === "MGET" || args[1] === SCRIPTS.fresh.sha1;
      return isRead ? [stored.session, stored.person].slice(0, keys.length) : judgement;
    },
    oneServer: true,
    close: async () => {},
  });
  const rwt = createRwt({ store, secret });
  const openInMemory = () => createRwt({ store: memoryStore({ maxEntries: 64 }), secret });
  let inMemory = openInMemory();
  let trips = 0;
  const keys = await deriveKeys(new TextEncoder().encode(secret));
  const fields = { deadline: Math.floor(Date.now() / 1000) + 86_400, expire: 60, generation: GENERATION };
  const alone = await mintToken(keys, fields);
  const owned = await mintToken(keys, { ...fields, person: new Uint8Array(12).fill(1) });
  const counts = { session: 0, none: 0, "no answer": 0 };
  const pollution = Object.keys(Object.prototype).length;

  async function execute(random: Random): Promise<void> {
    if (random.below(4) === 0) return roundTrip(random);
    const hasPerson = random.below(2) === 0;
    const any = (from: readonly string[]) =>
      random.below(32) === 0 ? null : mutate(random.pick(from), random, words);
    stored = { session: any(sessionValues), person: hasPerson ? any(personValues) : null };
    judgement = random.pick(["live", "late", "reuse", "ended", "other", null, 1]);
    const input = { ...stored, hasPerson, judgement };
    const outcome = await outcomeOf(
      () => rwt.verify(hasPerson ? owned : alone),
      (error) => error instanceof StoreUnavailableError,
      input,
    );
    const found = "error" in outcome ? "no answer" : outcome.result === null ? "none" : "session";
    const truth = afterScript(verdictOn({ ...stored, hasPerson, generation: GENERATION }));
    expectThat(truth.is === found, `the values are: ${truth.is}; the service says: ${found}`, input);
    counts[found]++;
    if (truth.is === "session" && "result" in outcome) expectSame(outcome.result, truth, input);
    expectThat(Object.keys(Object.prototype).length === pollution, "no prototype is polluted", input);
  }

  /** For an older generation the script decides. For a live one the lines are read as usual. */
  function afterScript(verdict: Verdict): Verdict {
    if (verdict.is !== "older") return verdict;
    if (judgement === "late" || judgement === "ended") return { is: "none" };
    if (judgement !== "live" && judgement !== "reuse") return { is: "no answer" };
    const hasPerson = stored.person !== null;
    if (judgement === "live") return verdictOn({ ...stored, hasPerson, generation: 99_999 });
    return { is: hasLines(stored) ? "none" : "no answer" };
  }

  function expectSame(session: Session | null, truth: Verdict, input: unknown): void {
    if (session === null || truth.is !== "session") return;
    const { data, subject, meta, issuedAt } = session;
    const isSame = isDeepStrictEqual(
      [data, subject, meta, issuedAt],
      [truth.data, truth.sub, truth.meta, truth.iat],
    );
    expectThat(isSame, "data, subject, meta and time are the values'", input);
  }

  async function roundTrip(random: Random): Promise<void> {
    const data = anyJson(random, 0);
    const subject = random.below(2) === 0 ? undefined : wellFormed(mutate(random.pick(words), random, words));
    const meta = random.below(2) === 0 ? undefined : { note: anyJson(random, 2) };
    // The service memoizes the tokens that it has opened, which would look like a leak.
    if (trips++ % 1000 === 0) inMemory = openInMemory();
    const token = await inMemory.sign(data, { subject, meta });
    const session = await inMemory.verify(token);
    const isSame = isDeepStrictEqual([session?.data, session?.subject, session?.meta], [data, subject, meta]);
    expectThat(isSame, "what is signed comes back as it was", { data, subject, meta });
  }

  const note = (): string =>
    Object.entries(counts)
      .map(([name, count]) => `${count} × ${name}`)
      .join(", ");
  return { name: "values", share: 0.2, execute, note };
}
