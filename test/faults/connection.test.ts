/** What can go wrong between a service and Redis, for every store: a proxy in between fails, and recovers. */
import type { ProxyFault } from "../doubles/fault-proxy.ts";
import { faultTest } from "./fault-test.ts";
import { type Fault, QUICK } from "./fixture.ts";

type Row = readonly [name: string, does: ProxyFault, further?: Partial<Fault>];

const FAULTS: readonly Row[] = [
  ["connection refused", { refuses: true }],
  ["every connection is hung up on", { hangsUp: true }],
  ["reset before the command goes on", { resetsAtRequest: true }],
  ["reset in place of the reply, after the command", { resetsAtReply: true }],
  ["reset in mid-reply", { resetsInReply: true }],
  ["half a reply, then silence", { stallsInReply: true }],
  ["half-open: nothing comes through, nothing is closed", { swallows: true }],
  ["replies that are later than the timeout", { delays: 2 * QUICK }],
  ["replies that are late, and in time", { delays: 150 }, { hits: [], timeout: 20_000 }],
  ["replies that come byte by byte", { dribbles: true }, { hits: [], timeout: 20_000 }],
];

for (const [name, does, further] of FAULTS) {
  faultTest({
    name,
    break: (proxy) => proxy.break(does),
    // The library's clients leave a deaf connection by themselves. A caller's waits for its own keep-alive, or for a reset.
    mend: (proxy, { isCallers }) => proxy.mend(isCallers ? "are reset" : "stay"),
    reasons: ["network", "timeout", "reply"],
    timeout: QUICK,
    ...further,
  });
}
