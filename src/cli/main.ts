#!/usr/bin/env node
import { run } from "./run.ts";

// Whoever reads may have enough before all is written, as head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
process.exitCode = await run(process.argv.slice(2), process.env);
