/** Nest's example, built as ESM by the compiler, on Fastify too, and as CommonJS, which most Nest apps are. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bin } from "../support/bin.ts";
import { exampleCopy } from "./example-copy.ts";
import { describeExample } from "./flow.ts";

async function compiled(folder: string): Promise<string> {
  await promisify(execFile)(bin("tsc"), ["-p", folder]).catch((error) => {
    throw new Error(error.stdout);
  });
  return join(folder, "dist/main.js");
}

await describeExample("nest, as ESM", () => compiled(exampleCopy("nest")));

await describeExample("nest, on Fastify", () => {
  const folder = exampleCopy("nest");
  const main = join(folder, "main.ts");
  const code = readFileSync(main, "utf8").replace("AppModule.with(rwt)", "$&, new FastifyAdapter()");
  writeFileSync(main, `import { FastifyAdapter } from "@nestjs/platform-fastify";\n${code}`);
  return compiled(folder);
});

await describeExample("nest, as CommonJS", async () => {
  const folder = exampleCopy("nest");
  const outfile = join(folder, "main.cjs");
  const shared = { bundle: true, packages: "external", platform: "node" } as const;
  const entryPoints = [join(folder, "main.ts")];
  await build({ ...shared, entryPoints, outfile, format: "cjs" });
  return outfile;
});
