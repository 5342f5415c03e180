import { NEVER } from "../clock.ts";

/** An `updateAll`, which takes effect at the same instant in all of a person's sessions. */
export interface SharedWrite {
  readonly name: string;
  readonly from: number;
  /** The time after which it can no longer take effect. */
  to: number;
  /** It has certainly taken effect by then: it was acknowledged, or read in some session. */
  by: number;
  /** It returned `false`. */
  isRefused: boolean;
}

/** A write to the data of one session. */
export interface Write {
  readonly from: number;
  /** It has certainly taken effect by then. */
  by: number;
  /** The latest start of the write or of a read that returned it. */
  seen: number;
  /** The earliest end of a read that returned it. */
  readBy: number;
  isAcknowledged: boolean;
  isRefused: boolean;
}

export const write = (from: number): Write => ({
  from,
  by: NEVER,
  seen: from,
  readBy: NEVER,
  isAcknowledged: false,
  isRefused: false,
});

interface Zone {
  readonly name: string;
  readonly by: number;
  readonly seen: number;
}

/**
 * Judges whether the history of a register with unique values is linearizable, by the zones of Gibbons and Korach
 * ("Testing Shared Memories", 1997).
 *
 * @param shared - `updateAll` calls that began when the session existed, so that it must show them
 * @returns which operations can't be ordered, or `undefined`
 */
export function offenceOf(
  writes: ReadonlyMap<string, Write>,
  shared: readonly SharedWrite[],
): string | undefined {
  const zones: Zone[] = [];
  const everyone = new Map(shared.map((one) => [one.name, one]));
  for (const [name, { from, by, seen, readBy, isAcknowledged }] of writes) {
    if (readBy === NEVER && !isAcknowledged) continue;
    if (readBy < from) return `${name} was read before it was written`;
    const everywhere = everyone.get(name)?.by ?? NEVER;
    zones.push({ name, by: Math.min(by, everywhere), seen });
  }
  for (const { name, from, by } of shared) {
    if (by !== NEVER && !writes.has(name)) zones.push({ name, by, seen: from });
  }
  return conflict(zones);
}

function conflict(zones: readonly Zone[]): string | undefined {
  const forward = zones.filter((zone) => zone.by < zone.seen).sort((a, b) => a.by - b.by);
  let before = forward[0];
  for (const zone of forward.slice(1)) {
    if (before && before.seen > zone.by) {
      return `${said(before)} and ${said(zone)} overlap: a stale read or a lost update`;
    }
    before = zone;
  }
  for (const zone of zones) {
    if (zone.by < zone.seen) continue;
    const around = lastBefore(forward, zone.seen);
    if (around && zone.by < around.seen) {
      return `${zone.name} was written within ${said(around)}, which was read before and after it: a lost update`;
    }
  }
  return undefined;
}

/** Finds the last forward zone that begins before a time. */
function lastBefore(forward: readonly Zone[], time: number): Zone | undefined {
  let low = 0;
  let high = forward.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((forward[middle]?.by ?? NEVER) < time) low = middle + 1;
    else high = middle;
  }
  return forward[low - 1];
}

const said = ({ name, by, seen }: Zone): string => `${name} [${by.toFixed(2)}, ${seen.toFixed(2)}]`;
