import type { Checker } from "../checker.ts";
import { NEVER, shown } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import type { Ender, Holder, Item } from "./item.ts";
import type { OnceSeen } from "./protocol.ts";

/** How much the clocks of processes and Redis may differ, milliseconds. */
const SLACK = 50;

const about = ({ kind, name }: Item): string => `the ${kind} ${name}`;

/** Judges an answer that has found an item. Call `judgeGone` for what it proves about the item's end. */
export function found(
  checker: Checker,
  holder: Holder,
  item: Item,
  seen: OnceSeen,
  { from }: Pick<Result<unknown>, "from">,
  by: string,
): void {
  const what = `${by} found ${about(item)}`;
  if (seen.name !== item.name || seen.subject !== holder.subject)
    checker.violation("O4", `${what}, but answers ${seen.name} of ${seen.subject}`);
  if (!checker.config.isSkewed && from > item.expires.to + SLACK)
    checker.violation("O6", `${what} ${(from - item.expires.to).toFixed(0)} ms after it had expired`);
  if (item.kind === "code" && item.certainlyWrong(from) >= item.attempts)
    checker.violation("O5", `${what} after ${item.certainlyWrong(from)} wrong guesses of ${item.attempts}`);
  item.foundFrom = Math.max(item.foundFrom, from);
  judgeGone(checker, item, what);
}

/** Checks that nothing found an item after it was certainly gone. Call it after each change of an item. */
export function judgeGone(checker: Checker, item: Item, what: string): void {
  if (item.foundFrom <= item.goneBy) return;
  const times = `${shown(item.foundFrom)}, gone by ${shown(item.goneBy)} (${item.goneWhy})`;
  checker.violation("O3", `${what}: found from ${times}`);
  item.foundFrom = -NEVER;
}

/** Judges an answer that has refused an item. */
export function refused(
  checker: Checker,
  holder: Holder,
  item: Item,
  result: Pick<Result<unknown>, "from" | "to">,
  service: Service,
  by: string,
  own?: Ender,
): void {
  if (checker.config.evictsSilently || checker.config.isSkewed) return;
  // A client of the caller's may send a command again, whose first reply was lost.
  if (checker.config.ownClients && checker.mayHaveFailed(result, service)) {
    item.lost++;
    return;
  }
  if (holder.mayHaveEnded(item, result.to, own)) return;
  const guesses = holder.mayBeWrong(item, result.to, own);
  const rule = guesses > 0 ? "O5" : "O2";
  const after = guesses > 0 ? ` after ${guesses} wrong guesses of ${item.attempts}` : "";
  checker.violation(rule, `${by} refused ${about(item)}${after}, though nothing had ended it`);
}

/** Judges an item that nobody will ask for any more: if all of its consumers got a reply, one of them must have got it. */
export function judgeTaken(checker: Checker, holder: Holder, item: Item): void {
  checker.observe(item.taken > 0 ? `${item.kind}s taken` : `${item.kind}s not taken`);
  if (item.taken > 1) checker.violation("O1", `${item.taken} consumers got ${about(item)}`);
  if (checker.config.evictsSilently || checker.config.isSkewed) return;
  if (item.refused === 0 || item.taken > 0 || item.lost > 0) return;
  const last = item.enders.at(-1);
  item.enders.length = 0;
  if (last !== undefined && !holder.mayHaveEnded(item, last.until))
    checker.violation("O2", `none of ${item.refused} consumers got ${about(item)}`);
}
