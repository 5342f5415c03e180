/** Writes vectors.json, which implementers of the wire format test against; with `--check`, says whether it is up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "./entries.ts";
import { tokenInputs } from "./vectors/inputs.ts";
import { rejectedVectors, ringVectors } from "./vectors/rings.ts";
import { sealedVectors } from "./vectors/sealed.ts";
import { sessionVectors } from "./vectors/sessions.ts";
import { tokenVector } from "./vectors/token.ts";

const parts: Readonly<Record<string, readonly object[]>> = {
  tokens: tokenInputs.map(tokenVector),
  rings: ringVectors(),
  rejected: rejectedVectors(),
  sessions: sessionVectors(),
  sealed: sealedVectors(),
};

// One vector on a line, for readable differences.
const lines = Object.entries(parts).map(
  ([name, vectors]) =>
    `  "${name}": [\n${vectors.map((each) => `    ${JSON.stringify(each)}`).join(",\n")}\n  ]`,
);
const text = `{\n  "version": 1,\n${lines.join(",\n")}\n}\n`;
const file = `${root}vectors.json`;

if (!process.argv.includes("--check")) {
  writeFileSync(file, text);
} else if (readFileSync(file, "utf8") !== text) {
  console.error("vectors.json is not what tools/make-vectors.ts makes: npm run vectors");
  process.exitCode = 1;
}
