import { LATE } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import type { Session } from "../model/session.ts";

/** How much earlier than a verify the idle timeout may have restarted, milliseconds. `undefined` if the service doesn't slide. */
export function slideOf({ spec }: Service, session: Session): number | undefined {
  if (!spec.slides) return undefined;
  const every = Math.min(spec.extendEvery ?? 0, session.expire / 2);
  return (every + (spec.cache?.ttl ?? 0)) * 1000;
}

/** Records that a call may restart the idle timeout. Call the result with the answer. */
export function beginTouch(
  session: Session,
  early: number | undefined,
): (result: Result<unknown>, isCertain: boolean) => void {
  if (early === undefined) return () => {};
  session.touching++;
  return ({ from, to, failure }, isCertain) => {
    session.touching--;
    session.mayBeTouched = Math.max(session.mayBeTouched, failure ? to + LATE : to);
    if (isCertain) session.touched = Math.max(session.touched, from - early);
  };
}
