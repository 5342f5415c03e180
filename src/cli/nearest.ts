/** A word that is safe to show: tokens, secrets and JSON look different. */
const SHOWABLE = /^[a-z][a-z-]{0,19}$/;

/** Returns the end of an error message: the given word, if it is safe to show, and the nearest known one. */
export function suggestion(given: string, known: readonly string[], prefix = ""): string {
  if (!SHOWABLE.test(given)) return "";
  const [nearest] = known
    .map((word) => ({ word, distance: distanceOf(given, word) }))
    .filter(({ word, distance }) => distance <= Math.max(2, word.length / 3))
    .sort((a, b) => a.distance - b.distance);
  const hint = nearest === undefined ? "" : `. Did you mean ${prefix}${nearest.word}?`;
  return `: ${prefix}${given}${hint}`;
}

/** The Levenshtein distance: how many characters to insert, remove or replace. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const [left = 0, above = 0, diagonal = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, diagonal + (character === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
