import { join } from "node:path";
import { root } from "../../tools/entries.ts";
import { startBridge } from "../support/bridge.ts";
import { php } from "../support/interop.ts";
import type { Ask } from "./format-suite.ts";

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly reason: string | null; readonly message: string };
}

/** Starts a PHP process with the Redis at that port. If PHP throws, the bridge throws the error's code, reason and message. */
export function startPhpAt(port: number, client: string, config: object): Ask {
  const whole = { redis: { host: "127.0.0.1", port, timeout: 1.5 }, ...config };
  const bridge = startBridge(php ?? "", [
    join(root, "interop/php/tests/bridge.php"),
    JSON.stringify(whole),
    client,
  ]);
  return async (op, ...args) => {
    const { result, error } = (await bridge({ op, args })) as Answer;
    if (error !== undefined) throw new Error(`${error.code} ${error.reason}: ${error.message}`);
    return result;
  };
}
