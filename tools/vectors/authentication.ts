import { headerOf } from "./header.ts";

/** What a session's value says about how its user signed in (line 4), and about who acts as them (line 2). */
export interface AuthenticationVector {
  readonly why: string;
  /** The value of a session without a subject, for a token of generation 0. */
  readonly session: string;
  /** What a verifier that reads both finds, without encryption; `null` for no live token, or `"no answer"`. */
  readonly found: { readonly auth: object | null; readonly act: object | null } | null | "no answer";
}

/** @param further - what follows the data: line 4 with the newline before it */
const vector = (
  why: string,
  further: string,
  found: AuthenticationVector["found"],
  facts = "{}",
): AuthenticationVector => ({ why, session: `${headerOf()}\n${facts}\n1${further}`, found });

const proved = (why: string, line: string, auth: object): AuthenticationVector =>
  vector(why, `\n${line}`, { auth, act: null });
const acted = (why: string, facts: string, act: object | null): AuthenticationVector =>
  vector(why, "", { auth: null, act }, facts);

const NOBODY = { auth: null, act: null };

export const authenticationVectors = (): readonly AuthenticationVector[] => [
  vector("no line 4", "", NOBODY),
  vector("an empty line 4", "\n", NOBODY),
  vector("an empty line 4, and further lines", "\n\nlater", NOBODY),
  proved("a time alone", '{"at":1795000000}', { at: 1795000000 }),
  proved("the start of 1970", '{"at":0}', { at: 0 }),
  proved("all members", '{"at":1795000000,"amr":["pwd","otp"],"acr":"urn:example:2"}', {
    at: 1795000000,
    amr: ["pwd", "otp"],
    acr: "urn:example:2",
  }),
  proved("no method", '{"at":1,"amr":[]}', { at: 1, amr: [] }),
  proved(
    "spaces, escapes and names of later versions",
    ' { "at" : 1, "acr": "\\u00fc", "later": {} } \nlater',
    {
      at: 1,
      acr: "ü",
    },
  ),
  ...["[]", "null", "1", '"x"', "{}", '{"at":"1"}', '{"at":1.5}', '{"at":null}', '{"at":1,"amr":"pwd"}']
    .concat(['{"at":1,"amr":[1]}', '{"at":1,"amr":null}', '{"at":1,"acr":1}', '{"at":1,"acr":null}'])
    .concat(["later", "{"])
    .map((line) => vector(`line 4 that is ${line}`, `\n${line}`, NOBODY)),
  vector("line 4 that is encrypted", "\ne1.AAAA", "no answer"),
  acted("somebody acts", '{"act":{"sub":"support-7"}}', { sub: "support-7" }),
  acted("a chain of actors", '{"act":{"sub":"a","reason":"ü","act":{"sub":"b"}}}', {
    sub: "a",
    reason: "ü",
    act: { sub: "b" },
  }),
  ...["null", '"support-7"', "[]", "{}", '{"sub":1}', '{"sub":""}'].map((act) =>
    vector(`act that is ${act}`, "", null, `{"act":${act}}`),
  ),
];
