import { StoreUnavailableError } from "redis-web-token";
import type { SessionRwt } from "redis-web-token/sessions";
import type { Kind, Meter } from "./meter.ts";

/** The same service, whose signs and verifies are counted and timed. */
export function metered<Data>(rwt: SessionRwt<Data>, meter: Meter): SessionRwt<Data> {
  async function measure<Result>(call: () => Promise<Result>, kindOf: (result: Result) => Kind) {
    const start = performance.now();
    try {
      const result = await call();
      const kind = kindOf(result);
      meter.count(kind);
      // Most of the rejected never got as far as the store.
      if (kind !== "rejected") meter.took(performance.now() - start);
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailableError) meter.count("failed");
      throw error;
    }
  }
  return {
    ...rwt,
    sign: (data, options) =>
      measure(
        () => rwt.sign(data, options),
        () => "signed",
      ),
    verify: (token, options) =>
      measure(
        () => rwt.verify(token, options),
        (session) => (session === null ? "rejected" : "verified"),
      ),
  };
}
