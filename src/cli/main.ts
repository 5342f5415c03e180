#!/usr/bin/env node
import { format } from "node:util";
import { tell } from "./output.ts";
import { run } from "./run.ts";

// The reader may close the pipe before everything is written, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
// Redis clients print warnings with it. They may quote the server, so they are escaped too.
console.warn = (...parts: unknown[]) => tell(format(...parts));
process.exitCode = await run(process.argv.slice(2), process.env);
