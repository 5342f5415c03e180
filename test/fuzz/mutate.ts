import type { Random } from "./random.ts";

const ALPHABET = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"];

/** What parsers stumble over: line ends and string ends, quotes, lookalikes of "A" and "-" in other alphabets, lone surrogates. */
const ODD = [
  ..."\0\n\r\t\v \"'\\,;=:{}[]+/%.~",
  "\u0410",
  "\u2010",
  "\u212a",
  "\ufeff",
  "\ud800",
  "\ud83d\ude00",
  "é",
];

type Mutation = (text: string, random: Random, words: readonly string[]) => string;

const splice = (text: string, at: number, removed: number, added: string): string =>
  text.slice(0, at) + added + text.slice(at + removed);

const MUTATIONS: readonly Mutation[] = [
  // Replace a character. This is the most frequent mutation, since it keeps the shape.
  ...Array<Mutation>(6).fill((text, random) =>
    splice(text, random.below(text.length), 1, random.pick(ALPHABET)),
  ),
  (text, random) => splice(text, random.below(text.length), 1, random.pick(ODD)),
  (text, random) => splice(text, random.below(text.length + 1), 0, random.pick(ODD)),
  (text, random) => splice(text, random.below(text.length + 1), 0, random.pick(ALPHABET)),
  (text, random) => splice(text, random.below(text.length), 1 + random.below(4), ""),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => text.slice(random.below(text.length + 1)),
  // Duplicate a piece, or insert one of another text, at any place.
  (text, random) => {
    const from = random.below(text.length);
    return splice(text, random.below(text.length + 1), 0, text.slice(from, from + 1 + random.below(8)));
  },
  (text, random, words) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(words).slice(at);
  },
  (text, random, words) => splice(text, random.below(text.length + 1), random.below(3), random.pick(words)),
  (text, random) => {
    const at = random.below(text.length);
    const char = text.charAt(at);
    return splice(text, at, 1, char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase());
  },
  (text, random) => text + random.pick(ODD),
];

/**
 * Changes one of a corpus's texts a little, or now and then not at all.
 *
 * @param words - the pieces to insert
 */
export function mutate(text: string, random: Random, words: readonly string[]): string {
  let mutant = text;
  for (let left = random.below(5); left > 0; left--) mutant = random.pick(MUTATIONS)(mutant, random, words);
  return mutant;
}
