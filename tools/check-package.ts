/** Compares what package.json exports with what the build made, and checks what each entry pulls in. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { entries, root } from "./entries.ts";

/** What an entry may import besides the package's own files, at once or when it is asked for. */
const ALLOWED: Readonly<Record<string, { readonly kind: string; readonly from: RegExp }>> = {
  "redis-web-token/upstash": { kind: "import-statement", from: /^@upstash\/redis$/ },
  "redis-web-token/ioredis": { kind: "dynamic-import", from: /^ioredis$/ },
  "redis-web-token/node-redis": { kind: "dynamic-import", from: /^redis$/ },
  "redis-web-token/hono": { kind: "import-statement", from: /^hono(\/[\w-]+)+$/ },
};

const problems: string[] = [];
const reached = new Set<string>();

for (const { name, files } of entries) {
  if (Object.keys(files)[0] !== "types") problems.push(`${name}: "types" must come first`);
  const missing = [files.types, files.default].filter((file) => !existsSync(join(root, file)));
  for (const file of missing) problems.push(`${name}: ${file} isn't built`);
  if (missing.length > 0) continue;
  const { metafile } = await build({
    entryPoints: [join(root, files.default)],
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
      const allowed = ALLOWED[name];
      if (external && !(allowed?.kind === kind && allowed.from.test(path))) {
        problems.push(`${name}: ${file} has the ${kind} of ${path}`);
      }
    }
  }
}

// Files of types alone compile to an empty module, which nothing has to import.
const isEmpty = (file: string) => /^export \{\};/.test(readFileSync(join(root, file), "utf8"));
for (const file of readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })) {
  const path = join("dist", file);
  if (file.endsWith(".js") && !reached.has(path) && !isEmpty(path))
    problems.push(`${path} belongs to no entry`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${entries.length} entries: each is built and typed, and imports no more than it may`);
