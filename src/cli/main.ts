#!/usr/bin/env node
import { format } from "node:util";
import { tell } from "./output.ts";
import { run } from "./run.ts";

// Whoever reads may have enough before all is written, as head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
// Clients warn by it, and may quote the server.
console.warn = (...parts: unknown[]) => tell(format(...parts));
process.exitCode = await run(process.argv.slice(2), process.env);
