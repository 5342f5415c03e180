/** Compares package.json's exports with the built files, and checks what each entry imports. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { entries, manifest, root } from "./entries.ts";

/** What an entry's built files may import, statically or dynamically, besides the package's own files. */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  "./dist/stores/upstash.js": { "dynamic-import": /^@upstash\/redis$/ },
  "./dist/stores/ioredis.js": { "dynamic-import": /^ioredis$/ },
  "./dist/stores/node-redis.js": { "dynamic-import": /^redis$/ },
  "./dist/hono/index.js": { "import-statement": /^hono(\/[\w-]+)+$/ },
  "./dist/hono-routes/index.js": { "import-statement": /^hono(\/[\w-]+)*$/ },
  "./dist/nest/index.js": { "import-statement": /^@nestjs\/(common|core)$/ },
  "./dist/opentelemetry/index.js": { "import-statement": /^@opentelemetry\/api$/ },
  "./dist/compat/edge.js": { "dynamic-import": /^@upstash\/redis$/ },
  "dist/cli/main.js": {
    "import-statement": /^node:[\w/]+$/,
    "dynamic-import": /^(@upstash\/redis|ioredis|redis)$/,
  },
  "./dist/compat/index.js": { "dynamic-import": /^(@upstash\/redis|ioredis)$/ },
};

const problems: string[] = [];
const reached = new Set<string>();

for (const { name, files } of entries) {
  if (Object.keys(files)[0] !== "types") problems.push(`${name}: "types" must come first`);
  if (Object.keys(files).at(-1) !== "default") problems.push(`${name}: "default" must come last`);
  const missing = Object.values(files).filter((file) => !existsSync(join(root, file)));
  for (const file of missing) problems.push(`${name}: ${file} isn't built`);
  if (missing.length > 0) continue;
  const { types, ...code } = files;
  for (const file of Object.values(code)) await checkImports(name, file);
}

for (const [name, file] of Object.entries(manifest.bin)) {
  if (!existsSync(join(root, file))) problems.push(`${name}: ${file} isn't built`);
  else await checkImports(name, file);
}

async function checkImports(name: string, entry: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    packages: "external",
    format: "esm",
    metafile: true,
    write: false,
  });
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    reached.add(file);
    for (const { path, kind, external } of imports) {
      if (external && !ALLOWED[entry]?.[kind]?.test(path)) {
        problems.push(`${name}: ${file} has the ${kind} of ${path}`);
      }
    }
  }
}

// A file that has only types compiles to an empty module, which nothing has to import.
const isEmpty = (file: string) => /^export \{\};/.test(readFileSync(join(root, file), "utf8"));
for (const file of readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })) {
  const path = join("dist", file);
  if (file.endsWith(".js") && !reached.has(path) && !isEmpty(path))
    problems.push(`${path} belongs to no entry`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(
  `${entries.length} entries and the command line are built and typed, and import only what is allowed`,
);
