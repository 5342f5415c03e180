import type { Results } from "./results.ts";
import { type Check, format } from "./section.ts";

type Sections = Results["sections"];

/** A ratio that got worse since it was recorded. */
export interface Fall {
  /** The benchmark that measured it. */
  readonly work: string;
  readonly what: string;
  readonly recorded: number;
  readonly measured: number;
}

/** How much worse a ratio may be. A quick run on a machine that others use is no more exact. */
const TOLERATED = 0.2;

/** The ratio so that more is better, or `undefined` for a check that isn't about a ratio. */
function gain({ target, unit, measured }: Check): number | undefined {
  if (unit !== "×") return undefined;
  if (target.startsWith("≥")) return measured;
  return target.startsWith("≤") ? 1 / measured : undefined;
}

const ratiosOf = ({ checks }: Sections[string]): readonly [Check, number][] =>
  checks.flatMap((check): [Check, number][] => {
    const ratio = gain(check);
    return ratio === undefined ? [] : [[check, ratio]];
  });

/** The benchmarks that recorded a ratio. */
export const worksWithRatios = (recorded: Sections): string[] =>
  Object.entries(recorded).flatMap(([work, section]) => (ratiosOf(section).length > 0 ? [work] : []));

/** The ratios that are over 20 % worse than recorded. A ratio that wasn't recorded, or isn't measured now, is no fall. */
export const fallsSince = (recorded: Sections, measured: Sections): Fall[] =>
  Object.entries(measured).flatMap(([work, section]) => {
    const before = new Map(
      ratiosOf(recorded[work] ?? { tables: [], checks: [] }).map(([check, ratio]) => [
        check.what,
        { check, ratio },
      ]),
    );
    return ratiosOf(section).flatMap(([check, ratio]) => {
      const old = before.get(check.what);
      // A ratio that is no number couldn't be measured, which is worse than any.
      if (old === undefined || ratio >= old.ratio * (1 - TOLERATED)) return [];
      return [{ work, what: check.what, recorded: old.check.measured, measured: check.measured }];
    });
  });

export const formatFall = ({ work, what, recorded, measured }: Fall): string =>
  `${work}: ${what}: ${format(recorded, "×")} recorded, ${format(measured, "×")} now`;
