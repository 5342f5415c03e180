import type { EventListener, RwtEvent } from "redis-web-token/events";
import type { Meter } from "./meter.ts";

/** Hears a service's events, and counts and times its signs and verifies. */
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
        // Not timed: most of these never reached the store.
        meter.count("rejected");
        break;
      case "store_error":
        meter.count("failed");
    }
  };
