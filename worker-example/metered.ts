import type { EventListener, RwtEvent } from "redis-web-token/events";
import type { Meter } from "./meter.ts";

/** Makes a listener that counts and times a service's `sign` and `verify` calls. */
export const countingWith =
  (meter: Meter): EventListener<RwtEvent> =>
  (event) => {
    if (!("operation" in event) || (event.operation !== "sign" && event.operation !== "verify")) return;
    switch (event.type) {
      case "signed":
      case "verified":
        meter.count(event.type);
        meter.took(event.ms);
        break;
      case "rejected":
        // Not timed, since most rejections don't reach the store.
        meter.count("rejected");
        break;
      case "store_error":
        meter.count("failed");
    }
  };
