/** A session value, and what it is for a token with that deadline. */
export interface SessionVector {
  readonly deadline: number;
  readonly value: string;
  /** `null`: not the session that was signed. `"unreadable"`: no JSON object, so an outage rather than an answer. */
  readonly session: Readonly<Record<string, unknown>> | null | "unreadable";
}

const deadline = 4_102_444_800;
const iat = 1_795_000_000;

const live = (data: unknown, more: object = {}, text?: string): SessionVector => ({
  deadline,
  value: text ?? JSON.stringify({ v: 1, iat, exp: deadline, data, ...more }),
  session: { data, subject: null, meta: null, issuedAt: iat, deadline, ...read(more) },
});
const read = ({ sub, meta }: { sub?: unknown; meta?: unknown }): object => ({
  ...(sub !== undefined && { subject: sub }),
  ...(meta !== undefined && { meta }),
});
const not = (value: object | string, session: null | "unreadable" = null): SessionVector => ({
  deadline,
  value: typeof value === "string" ? value : JSON.stringify(value),
  session,
});

const whole = { v: 1, iat, exp: deadline, data: 1 };
const without = (name: keyof typeof whole): object => ({ ...whole, [name]: undefined });

export const sessionVectors = (): SessionVector[] => [
  ...[false, 0, "", null, [], true, -1.5, 1e21, 'ü 🎟 "\\/\n', [0, [null, [""]]]].map((data) => live(data)),
  live({ id: 42, name: "Zoë", deep: { list: [1, { a: false }] }, none: null }),
  live({ "": "empty name", "1": "a number's name" }),
  live("Ada", { sub: "user-42" }),
  live("Ada", { sub: "émilie", meta: { device: "iPad", n: [1, null] } }),
  live("more", {}, `{ "v" : 1, "iat" : ${iat}, "exp" : ${deadline}, "data" : "more", "later": {"x": 1} }`),
  live("A ü", {}, `{"exp":${deadline},"data":"\\u0041 \\u00fc","iat":${iat},"v":1}`),
  live(1, {}, `{"v":1.0,"iat":${iat}.0,"exp":41024448e2,"data":1}`),
  // In an index, and with what a rotation leaves: the new token's session, and a copy for the old one's grace.
  live("in an index", { u: "rEuGU4tYwetE0CovsGnalg", sub: "user-42" }),
  live(
    "rotated",
    {},
    JSON.stringify({ old: "9_FvOcOGi8SLCeasb_5Ovw", v: 1, iat, exp: deadline, data: "rotated" }),
  ),
  live(
    "in its grace",
    {},
    JSON.stringify({ end: deadline - 1, v: 1, iat, exp: deadline, data: "in its grace" }),
  ),
  not({ end: 1_700_000_000, ...whole }),
  // What isn't a number lies in no future.
  ...[0, null, "x", {}].map((end) => not({ end, ...whole })),
  not({ ...whole, v: 2 }),
  not({ ...whole, v: "1" }),
  not({ ...whole, v: true }),
  not({ ...whole, exp: deadline - 1 }),
  not({ ...whole, exp: String(deadline) }),
  not({ ...whole, iat: 1.5 }),
  not({ ...whole, iat: null }),
  not({ ...whole, sub: 42 }),
  not({ ...whole, sub: null }),
  not({ ...whole, meta: [1] }),
  not({ ...whole, meta: [] }),
  not({ ...whole, meta: null }),
  not({ ...whole, meta: "x" }),
  ...(["v", "iat", "exp", "data"] as const).map((name) => not(without(name))),
  not("{}"),
  ...[
    "",
    "null",
    "1",
    '"text"',
    "[]",
    "[{}]",
    "OK",
    "{",
    '{"v":1',
    "e1.AAAA",
    "{'v':1}",
    '{"v":1,"data":NaN}',
  ].map((text) => not(text, "unreadable")),
];
