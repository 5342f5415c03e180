import fc from "fast-check";
import { command, query, type RedisCommand, type ScriptCall, WRITES } from "../../src/redis/index.ts";
import { headerOf, NO_EPOCH, personHeader } from "../../tools/vectors/header.ts";

/** Something to run, once the second is known in which it runs. `seen` asks for the words of what the session now holds. */
export type Step =
  | { readonly plain: RedisCommand }
  | { readonly call: (now: number, seen: string) => ScriptCall; readonly session: string };

const BASE = "twin:{abcd}:";
const MEMBERS = ["a", "b", "c", "d"];
const EPOCHS = ["AbCd_-01234", "ZZZZZZZZZZZ", "00000000000"];
export const PERSON = `${BASE}p:x`;
export const INDEX = `${BASE}i:x`;
export const sessionOf = (member: string): string => `${BASE}s:${member}`;
export const SESSIONS: readonly string[] = MEMBERS.map(sessionOf);

const member = fc.constantFrom(...MEMBERS);
/** Mostly the same, so that sessions and person agree. */
const epoch = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...EPOCHS.slice(0, 1)) },
  { weight: 1, arbitrary: fc.constantFrom(...EPOCHS) },
);
const flag = fc.constantFrom("0", "1");
const seconds = fc.integer({ min: 40, max: 900 });
const generation = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 4 }) },
  { weight: 2, arbitrary: fc.integer({ min: 5, max: 14 }) },
  { weight: 1, arbitrary: fc.constantFrom(65_534, 65_535) },
);
const json = fc.constantFrom("1", '"ü \u2028 🎟"', '{"id":42}', "[]", "e1.AAAA", "e1.");
/** Times of a header: none, long ago, and in a hundred years. */
const time = fc.constantFrom(0, 1, 9_999_999_999);

const session = fc
  .record({
    epoch: fc.oneof({ weight: 2, arbitrary: epoch }, { weight: 1, arbitrary: fc.constant(NO_EPOCH) }),
    generation,
    state: fc.constantFrom(0, 1, 2, 3),
    until: time,
    again: time,
    serial: fc.integer({ min: 0, max: 3 }),
    revision: fc.constantFrom(0, 1, 99_999_999),
    more: fc.constantFrom("", " later"),
    facts: fc.constantFrom("{}", "e1.BBBB"),
    data: json,
    further: fc.constantFrom("", "\nlater\n"),
  })
  .map(
    ({ more, facts, data, further, ...fields }) => `${headerOf(fields)}${more}\n${facts}\n${data}${further}`,
  );
const person = fc
  .tuple(fc.integer({ min: 0, max: 3 }), epoch, fc.constantFrom("", " e1", " later", " e1 later"), json)
  .chain(([serial, of, more, data]) =>
    fc
      .constantFrom("", `\n${data}`, `\n${data}\nlater`)
      .map((lines) => personHeader(serial, of) + more + lines),
  );
const odd = fc.constantFrom(
  "",
  "OK",
  "2 later",
  "10 later\nx",
  headerOf(),
  headerOf().slice(1),
  personHeader(),
);

const mostly = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: odd });

const plain = (each: fc.Arbitrary<RedisCommand>): fc.Arbitrary<Step> =>
  each.map((command) => ({ plain: command }));
const anyKey = fc.constantFrom(...SESSIONS, PERSON);
const set = (key: string, value: string, ttl: number, ...words: string[]) =>
  command("SET", [key], [value, "EX", String(ttl), ...words], WRITES);

/** A session's or a person's value, put in its place. */
const planted: fc.Arbitrary<RedisCommand> = fc.oneof(
  fc.tuple(fc.constantFrom(...SESSIONS), mostly(session), seconds).map((args) => set(...args)),
  fc.tuple(fc.constant(PERSON), mostly(person), seconds).map((args) => set(...args)),
);

/** The commands that the library sends by themselves. */
const commands: fc.Arbitrary<Step> = plain(
  fc.oneof(
    { weight: 8, arbitrary: planted },
    fc.tuple(anyKey, session, seconds).map(([key, value, ttl]) => set(key, value, ttl, "NX")),
    fc.tuple(anyKey, seconds).map(([key, ttl]) => command("GETEX", [key], ["EX", String(ttl)], WRITES)),
    fc.tuple(anyKey, seconds).map(([key, ttl]) => command("EXPIRE", [key], [String(ttl)], WRITES)),
    fc.constantFrom(...SESSIONS, PERSON, INDEX).map((key) => command("DEL", [key], [], WRITES)),
    fc.constantFrom(...SESSIONS, PERSON, INDEX).map((key) => query("EXISTS", [key])),
    anyKey.map((key) => query("GET", [key])),
    fc.constant(query("MGET", [...SESSIONS, PERSON, "missing"])),
    member.map((name) => query("ZREVRANK", [INDEX], [name])),
    fc.constantFrom("0", "1", "2").map((from) => query("ZRANGE", [INDEX], [from, "9", "REV", "WITHSCORES"])),
    fc.constantFrom("0", "1").map((from) => query("ZRANGE", [INDEX], [from, "2"])),
    fc
      .tuple(fc.integer({ min: 1_795_000_000, max: 1_795_000_900 }), fc.constantFrom("0", "1"))
      .map(([score, from]) =>
        query("ZRANGE", [INDEX], [`${score}`, "-inf", "BYSCORE", "REV", "LIMIT", from, "2", "WITHSCORES"]),
      ),
  ),
);

const script = (
  name: ScriptCall["script"],
  keys: readonly string[],
  args: (now: number, seen: string) => readonly string[],
): Step => ({
  session: keys[0] ?? "",
  call: (now, seen) => ({ script: name, keys, args: args(now, seen), ...WRITES }),
});

/** The keys of a script about a session: with its person, or without. */
const about = fc
  .tuple(member, fc.boolean())
  .map(([name, hasPerson]) => (hasPerson ? [sessionOf(name), PERSON] : [sessionOf(name)]));
/** How the data are where the present ones are encrypted: not at all, the same, or so. */
const sealed = fc.constantFrom("", "=", "e1.CCCC");
const seen = fc.constantFrom("", "00000000 AbCd_-01234 00000000", "as it is");

const sign = fc
  .record({
    name: member,
    life: fc.integer({ min: 60, max: 900 }),
    epoch,
    ttl: seconds,
    data: json,
    seals: flag,
    limit: fc.constantFrom(0, 0, 1, 2, 3),
    endOldest: flag,
    seen: fc.subarray(MEMBERS),
    counted: fc.subarray(MEMBERS),
  })
  .map(({ name, life, epoch: fresh, ttl, data, seals, limit, endOldest, seen, counted }) => {
    const others = limit === 0 ? [] : counted.filter((each) => each !== name);
    return script("sign", [sessionOf(name), PERSON, INDEX, ...others.map(sessionOf)], (now) => [
      "1795000000",
      String(1_795_000_000 + life),
      fresh,
      String(ttl),
      name,
      `\n{}\n${data}`,
      seals,
      String(limit),
      endOldest,
      String(now),
      seen.map((each) => ` ${each}`).join(""),
      ...others,
    ]);
  });

const scripts: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: sign },
  {
    weight: 3,
    arbitrary: fc
      .tuple(about, generation, fc.integer({ min: 0, max: 20 }), flag, seconds)
      .map(([keys, of, grace, retry, ttl]) =>
        script("rotate", keys, (now) => [of, retry === "1" ? grace : 0, retry, ttl, now].map(String)),
      ),
  },
  fc.tuple(about, generation).map(([keys, of]) => script("older", keys, (now) => [of, now].map(String))),
  fc.tuple(about, generation).map(([keys, of]) => script("use", keys, (now) => [of, now].map(String))),
  fc
    .tuple(about, generation, seconds)
    .map(([keys, of, ttl]) => script("extend", keys, (now) => [of, ttl, now].map(String))),
  fc
    .tuple(about, generation, json, sealed, seen)
    .map(([keys, of, data, opens, what]) =>
      script("update", keys, (now, held) => [
        String(of),
        data,
        opens,
        what === "as it is" ? held : what,
        String(now),
      ]),
    ),
  {
    weight: 2,
    arbitrary: fc
      .tuple(about, generation, json, sealed, seconds)
      .map(([keys, of, line, other, ttl]) =>
        script("rotate", keys, (now) => [String(of), "0", "0", String(ttl), String(now), line, other]),
      ),
  },
  fc.tuple(json, sealed, fc.constantFrom("", "AbCd_-01234 00000000", "as it is")).map(([line, other, what]) =>
    script("update-all", [PERSON], (_, held) => [
      line,
      other,
      // Without the revision of a session.
      what === "as it is" ? held.slice(9) : what,
    ]),
  ),
  fc
    .tuple(member, fc.boolean(), flag)
    .map(([name, hasPerson, removes]) =>
      script("destroy", hasPerson ? [sessionOf(name), PERSON, INDEX] : [sessionOf(name)], () => [
        name,
        removes,
      ]),
    ),
  fc
    .tuple(epoch, generation, fc.option(member, { nil: undefined }))
    .map(([fresh, of, stays]) =>
      script("destroy-all", stays === undefined ? [PERSON] : [PERSON, sessionOf(stays)], (now) => [
        fresh,
        String(of),
        String(now),
      ]),
    ),
  fc
    .subarray(MEMBERS)
    .map((members) => script("clean", [PERSON, INDEX, ...members.map(sessionOf)], () => members)),
  fc
    .tuple(fc.subarray(MEMBERS, { minLength: 1 }), seconds)
    .map(([members, ttl]) => script("slide", members.map(sessionOf), () => members.map(() => String(ttl)))),
);

/** Any row of commands and scripts, such that they meet each other's values. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ weight: 2, arbitrary: commands }, { weight: 3, arbitrary: scripts }),
  { minLength: 20, maxLength: 60, size: "max" },
);
