/** What is stored of a session and of its person, and what a reader must make of it. */
export interface ValueCase {
  readonly why: string;
  readonly session: string;
  /** `null` for a session without a subject. */
  readonly person: string | null;
  /** `null`: no live token. `"unreadable"`: an outage. */
  readonly found: Readonly<Record<string, unknown>> | null | "unreadable";
}

const iat = 1_795_000_000;
const epoch = "AbCd_-01234";
const nobody = "-----------";

interface Header {
  readonly epoch?: string;
  readonly state?: string;
  readonly serial?: string;
}

const header = ({ epoch: own = nobody, state = "1", serial = "00000000" }: Header = {}): string =>
  `1 ${iat} ${own} 00000 ${state} 0000000000 0000000000 ${serial} 00000000`;
const of = (person: Header = {}): string => header({ epoch, ...person });

const live = (
  why: string,
  data: unknown,
  session: string,
  person: string | null = null,
  more: object = {},
): ValueCase => ({
  why,
  session,
  person,
  found: { data, subject: null, meta: null, issuedAt: iat, ...more },
});
const none = (why: string, session: string, person: string | null = null): ValueCase => ({
  why,
  session,
  person,
  found: null,
});
const unreadable = (why: string, session: string, person: string | null = null): ValueCase => ({
  why,
  session,
  person,
  found: "unreadable",
});

const ended = [
  none("without a subject, but with an epoch", `${of()}\n{}\n1`),
  none("with a subject, but without an epoch", `${header()}\n{}\n1`, `1 ${nobody} 00000000`),
  none("of an epoch that has ended", `${of()}\n{}\n1`, "1 AbCd_-01235 00000000"),
  none("of another version", "2 whatever"),
  none("of version 10", "10 whatever"),
  none("whose person is of another version", `${of()}\n{}\n1`, "2 whatever"),
  none("whose sub is no text", `${header()}\n{"sub":42}\n1`),
  none("whose sub is null", `${header()}\n{"sub":null}\n1`),
  none("whose meta is a list", `${header()}\n{"meta":[]}\n1`),
  none("whose meta is null", `${header()}\n{"meta":null}\n1`),
  none("whose line 2 is a list", `${header()}\n[]\n1`),
];

const noHeaders = [
  "",
  "1",
  "1 ",
  "null",
  '{"v":1}',
  `${header().slice(0, -1)}\n{}\n1`,
  `${header().replace(" 00000 ", "  0000 ")}\n{}\n1`,
  `${header().replace(String(iat), "179500000x")}\n{}\n1`,
  `${header().replace(nobody, "----------+")}\n{}\n1`,
  ` ${header()}\n{}\n1`,
];

export const valueCases: readonly ValueCase[] = [
  ...[false, 0, "", null, [], true, -1.5, 1e21, 'ü 🎟 "\\/\n', [0, [null, [""]]]].map((data) =>
    live(`with ${JSON.stringify(data)}`, data, `${header()}\n{}\n${JSON.stringify(data)}`),
  ),
  live("with an object", { "": 1, name: "Zoë" }, `${header()}\n{}\n{"":1,"name":"Zoë"}`),
  live("with line separators of other kinds", "\u2028\u2029\u0085", `${header()}\n{}\n"\u2028\u2029\u0085"`),
  live("with spaces and escapes", "A ü", `${header()}\n{ }\n "\\u0041 \\u00fc" `),
  live("with a subject and meta", 1, `${of()}\n{"sub":"é","meta":{"n":[1,null]}}\n1`, `1 ${epoch} 00000000`, {
    subject: "é",
    meta: { n: [1, null] },
  }),
  live("whose use isn't recorded", 1, `${header({ state: "0" })}\n{}\n1`),
  live("with more on line 1, and more lines", 1, `${header()} later\n{"later":1}\n1\nlater`),
  live(
    "whose person has older data",
    "own",
    `${of({ serial: "00000002" })}\n{}\n"own"`,
    `1 ${epoch} 00000002\n"all"`,
  ),
  live(
    "whose person has newer data",
    "all",
    `${of({ serial: "00000009" })}\n{}\n"own"`,
    `1 ${epoch} 00000010\n"all"`,
  ),
  live("whose person has more lines", "all", `${of()}\n{}\n1`, `1 ${epoch} 00000001 later\n"all"\nlater`),
  live("whose person is marked as encrypted", 1, `${of()}\n{}\n1`, `1 ${epoch} 00000000 e1`),
  ...ended,
  ...noHeaders.map((text) => unreadable(`that is ${JSON.stringify(text.slice(0, 30))}`, text)),
  unreadable("whose person is no person", `${of()}\n{}\n1`, "whatever"),
  unreadable("whose person is cut", `${of()}\n{}\n1`, `1 ${epoch} 0000000`),
  unreadable("without lines", header()),
  unreadable("without data", `${header()}\n{}`),
  unreadable("with an empty line", `${header()}\n\n1`),
  unreadable("with empty data", `${header()}\n{}\n`),
  unreadable("whose line 2 is no JSON", `${header()}\n{\n1`),
  unreadable("whose data is no JSON", `${header()}\n{}\n{"a":NaN}`),
  unreadable("behind its person, who has no data", `${of()}\n{}\n1`, `1 ${epoch} 00000001`),
];

/** A session without a subject that has this line of data. */
export const valueWith = (data: string): string => `${header()}\n{}\n${data}`;
