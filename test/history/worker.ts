/** The process of a host, run by Node or Bun. */
import { Host } from "./host.ts";
import type { FromHost, ToHost } from "./protocol.ts";

let isStopping = false;
const post = (message: FromHost): void => void (process.connected && process.send?.(message));
const host = new Host((message) => {
  post(message);
  // The process must now end by itself, unless a service left something open.
  if ("stopped" in message) setImmediate(() => process.disconnect());
});

process.on("message", (message: ToHost) => {
  if ("stop" in message) isStopping = true;
  void host.hear(message);
});
process.on("disconnect", () => {
  if (!isStopping) process.exit(0);
});
process.on("unhandledRejection", (error) =>
  post({ fatal: `unhandledRejection ${error instanceof Error ? error.stack : error}` }),
);
process.on("uncaughtException", (error) => post({ fatal: `uncaughtException ${error.stack}` }));
process.on("warning", (warning) => post({ fatal: `warning ${warning.name}: ${warning.message}` }));
