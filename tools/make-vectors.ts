/**
 * Writes vectors.json, against which implementers of the wire format test, and the worked example in SPEC.md. `npm run vectors`.
 * With `--check` it reports outdated files instead.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "./entries.ts";
import { authenticationVectors } from "./vectors/authentication.ts";
import { workedExample } from "./vectors/example.ts";
import { generationVectors } from "./vectors/generations.ts";
import { tokenInputs } from "./vectors/inputs.ts";
import { onceCodeVectors, onceRejectedVectors, onceTokenVectors } from "./vectors/once.ts";
import { rejectedVectors, ringVectors } from "./vectors/rings.ts";
import { sealedVectors } from "./vectors/sealed.ts";
import { sharedInputs } from "./vectors/shared-inputs.ts";
import { tokenVector } from "./vectors/token.ts";
import { valueVectors } from "./vectors/values.ts";

const parts: Readonly<Record<string, readonly object[]>> = {
  tokens: [...tokenInputs, ...sharedInputs].map(tokenVector),
  rings: ringVectors(),
  rejected: rejectedVectors(),
  values: valueVectors(),
  generations: generationVectors(),
  sealed: sealedVectors(),
  onceTokens: onceTokenVectors(),
  onceCodes: onceCodeVectors(),
  onceRejected: onceRejectedVectors(),
  authentications: authenticationVectors(),
};

/** Escapes the characters that some readers take for a line break or a byte order mark. */
const json = (vector: object): string =>
  JSON.stringify(vector).replaceAll(
    /[\u0085\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** One vector per line, for readable diffs. */
function vectorsJson(): string {
  const lines = Object.entries(parts).map(
    ([name, vectors]) => `  "${name}": [\n${vectors.map((each) => `    ${json(each)}`).join(",\n")}\n  ]`,
  );
  return `{\n  "version": 1,\n${lines.join(",\n")}\n}\n`;
}

const read = (path: string): string => readFileSync(root + path, "utf8");

function specification(): string {
  const example = `$1${workedExample().replaceAll("$", "$$$$")}\n\n$2`;
  return read("SPEC.md").replace(/(^## Worked example\n\n).*?(^## )/ms, example);
}

let isUpToDate = true;
for (const [path, text] of [
  ["vectors.json", vectorsJson()],
  ["SPEC.md", specification()],
] as const) {
  if (read(path) === text) continue;
  isUpToDate = false;
  if (process.argv.includes("--check")) console.error(`${path} is not what npm run vectors makes`);
  else writeFileSync(root + path, text);
}
if (process.argv.includes("--check") && !isUpToDate) process.exitCode = 1;
