import { EPOCH, headerOf, IAT, NO_EPOCH, personHeader } from "./header.ts";

/** What Redis stores for a token of generation 0, and what a verifier without encryption returns for it. */
export interface ValueVector {
  readonly why: string;
  /** Whether the token has a person. */
  readonly hasPerson: boolean;
  /** The session's value. `null` if there is none. */
  readonly session: string | null;
  /** The person's value. `null` if there is none. */
  readonly person: string | null;
  /** The session, `null` for no live token, or `"no answer"` for a value that can't be read, which counts as an outage. */
  readonly found: Readonly<Record<string, unknown>> | null | "no answer";
  /** If the session is live: whose line has the current data. */
  readonly dataOf?: "session" | "person";
}

interface Stored {
  readonly session: string | null;
  /** `undefined` for a token without a person. */
  readonly person?: string | null;
}

const vector = (
  why: string,
  { session, person }: Stored,
  found: ValueVector["found"],
  dataOf?: "session" | "person",
): ValueVector => ({
  why,
  hasPerson: person !== undefined,
  session,
  person: person ?? null,
  found,
  ...(dataOf && { dataOf }),
});

const live = (
  why: string,
  stored: Stored,
  data: unknown,
  facts: object = {},
  dataOf: "session" | "person" = "session",
): ValueVector => vector(why, stored, { data, subject: null, meta: null, issuedAt: IAT, ...facts }, dataOf);
const none = (why: string, stored: Stored): ValueVector => vector(why, stored, null);
const noAnswer = (why: string, stored: Stored): ValueVector => vector(why, stored, "no answer");

/** A session without a subject. */
const alone = (data: string, facts = "{}"): Stored => ({ session: `${headerOf()}\n${facts}\n${data}` });
const own = `${headerOf({ epoch: EPOCH })}\n{}\n"own"`;
/** A session with a subject, whose data is "own", and a person's value. */
const withPerson = (person: string | null, serial = 0): Stored => ({
  session: `${headerOf({ epoch: EPOCH, serial })}\n{}\n"own"`,
  person,
});

/** Deeper than users' data, but not too deep for JSON parsers that read vectors.json. */
const DEEP = "[".repeat(100) + "]".repeat(100);

const lives: readonly ValueVector[] = [
  ...[false, 0, "", null, [], {}, true, -1.5, 1e21, 'ü 🎟 "\\/\n', [0, [null, [""]]]].map((data) =>
    live(`data ${JSON.stringify(data)}`, alone(JSON.stringify(data)), data),
  ),
  live("an object", alone('{"id":42,"name":"Zoë","":"","1":null}'), {
    id: 42,
    name: "Zoë",
    "": "",
    "1": null,
  }),
  live(
    "other languages' line separators",
    alone('"\u2028\u2029\u0085\u000b"'.replace("\u000b", "\\u000b")),
    "\u2028\u2029\u0085\u000b",
  ),
  live("spaces and escapes", alone(' "\\u0041 \\u00fc" ', "{ }"), "A ü"),
  live("100 levels", alone(DEEP), JSON.parse(DEEP)),
  live("a subject and meta", alone("1", '{"sub":"émilie","meta":{"device":"iPad","n":[1,null]}}'), 1, {
    subject: "émilie",
    meta: { device: "iPad", n: [1, null] },
  }),
  live("facts with names of later versions", alone("1", '{"sub":"u","later":{"x":1}}'), 1, { subject: "u" }),
  live("more on line 1, and further lines", { session: `${headerOf()} later\n{}\n1\nlater\n` }, 1),
  live(
    "the largest numbers",
    {
      session: `${headerOf({ epoch: EPOCH, serial: 99_999_999, revision: 99_999_999 })}\n{}\n1`,
      person: personHeader(99_999_999),
    },
    1,
  ),
  live("a person without line 2", withPerson(personHeader()), "own"),
  live("a person whose data has the session's serial", withPerson(`${personHeader(2)}\n"all"`, 2), "own"),
  live("a person whose data is older", withPerson(`${personHeader(2)}\n"all"`, 3), "own"),
  live("a person whose data is newer", withPerson(`${personHeader(10)}\n"all"`, 9), "all", {}, "person"),
  live(
    "a person with more on line 1, and further lines",
    withPerson(`${personHeader(1)} later\n"all"\nlater`),
    "all",
    {},
    "person",
  ),
  live("a person with encrypted sessions, by its mark", withPerson(`${personHeader()} e1`), "own"),
];

const dead: readonly ValueVector[] = [
  none("no session", { session: null }),
  none("no session, but a person", { session: null, person: personHeader() }),
  none("no person", withPerson(null)),
  none("another epoch", withPerson(personHeader(0, "AbCd_-01235"))),
  none("an epoch in other capitals", withPerson(personHeader(0, EPOCH.toLowerCase()))),
  none("an epoch where the token has no person", { session: own }),
  none("no epoch where the token has a person", { session: `${headerOf()}\n{}\n1`, person: personHeader() }),
  none("no epoch, neither the session's nor the person's", {
    session: `${headerOf()}\n{}\n1`,
    person: personHeader(0, NO_EPOCH),
  }),
  none("version 2", { session: "2 whatever" }),
  none("version 0", { session: headerOf().replace("1", "0") }),
  none("version 10", { session: `10${headerOf().slice(1)}\n{}\n1` }),
  none("a person of version 2", withPerson("2 whatever")),
  ...["42", "null", "[]", "{}"].map((sub) => none(`a subject that is ${sub}`, alone("1", `{"sub":${sub}}`))),
  ...["42", "null", "[]", '"x"'].map((meta) => none(`meta that is ${meta}`, alone("1", `{"meta":${meta}}`))),
  none("facts that are a list", alone("1", "[]")),
  none("facts that are null", alone("1", "null")),
];

const header = headerOf();
const unknown: readonly ValueVector[] = [
  ...["", "1", "1 ", "2", "OK", "null", '{"v":1}', "{", "e1.AAAA"].map((session) =>
    noAnswer(`a value that is ${JSON.stringify(session)}`, { session }),
  ),
  noAnswer("a header that is cut", { session: header.slice(0, -1) }),
  noAnswer("a header with a digit less", { session: `${header.slice(0, -1)}\n{}\n1` }),
  noAnswer("a header with two spaces", { session: `${header.replace(" 00000 ", "  0000 ")}\n{}\n1` }),
  noAnswer("a header with a letter in a number", { session: `${header.replace("1795", "179x")}\n{}\n1` }),
  noAnswer("a header with a + in its epoch", { session: `${header.replace("-----", "---+-")}\n{}\n1` }),
  noAnswer("a header with a space before it", { session: ` ${header}\n{}\n1` }),
  noAnswer("digits of other scripts", { session: `${header.replace("00000", "٠٠٠٠٠")}\n{}\n1` }),
  noAnswer("a person that is no header", withPerson("whatever")),
  noAnswer("a person that is cut", withPerson(personHeader().slice(0, -1))),
  noAnswer("an empty person", withPerson("")),
  noAnswer("no lines", { session: header }),
  noAnswer("no data", { session: `${header}\n{}` }),
  noAnswer("empty facts", alone("1", "")),
  noAnswer("empty data", alone("")),
  noAnswer("facts that are no JSON", alone("1", "{")),
  noAnswer("data that is no JSON", alone("{'v':1}")),
  noAnswer("data that is NaN", alone("NaN")),
  noAnswer("a person whose serial is ahead, without line 2", withPerson(personHeader(1))),
  noAnswer("a person whose newer data is no JSON", withPerson(`${personHeader(1)}\n{`)),
  noAnswer("encrypted facts", alone("1", "e1.AAAA")),
  noAnswer("encrypted data", alone("e1.AAAA")),
  noAnswer("a person's encrypted data", withPerson(`${personHeader(1)}\ne1.AAAA`)),
];

export const valueVectors = (): readonly ValueVector[] => [...lives, ...dead, ...unknown];
