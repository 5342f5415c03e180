const LEAVES: readonly unknown[] = [
  "",
  '"},"data":{"u":"x"',
  "\\",
  '\\"',
  "é€😀",
  "line\nbreak\r\n",
  "\u2028\u2029\u0085",
  "{[",
  "]}",
  ":,",
  0,
  -1.5,
  1e21,
  true,
  false,
  null,
  [],
  {},
  [[]],
  { data: 1, end: 2, old: "x", v: 2 },
  "e1.abc",
  "1 0000000000 ----------- 00000 1",
  "\u0000",
  "~a b",
];
const NAMES = ["data", "u", "v", "", 'a"b', "__proto_"] as const;

/** Returns data that is hard to parse out of JSON text. The same name always returns the same data. */
export function payload(name: string): unknown {
  let state = 2166136261;
  for (const char of name) state = Math.imul(state ^ char.charCodeAt(0), 16777619) >>> 0;
  const pick = <T>(from: readonly T[]): T => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return from[(state >>> 8) % from.length] as T;
  };
  const leaf = (): unknown => pick(LEAVES);
  return [leaf(), { [pick(NAMES)]: leaf(), z: [leaf(), { y: leaf() }] }, "x".repeat(pick([0, 1, 30, 300]))];
}
