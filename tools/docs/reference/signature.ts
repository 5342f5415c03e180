/** The declarations of exports, as TypeScript, laid out by the project's own formatter. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../entries.ts";
import type { Declaration, Method, Property } from "./deno-doc.ts";
import { printCall, printMethod, printProperty, printType, printTypeParams } from "./print-type.ts";

/** A declaration, without the members of an interface or a class, which its page lists. */
export function signature(name: string, { kind, def }: Declaration): string {
  switch (kind) {
    case "function":
      return `function ${name}${printCall(def)}: ${printType(def.returnType)};`;
    case "variable":
      return `const ${name}: ${printType(def.tsType)};`;
    case "typeAlias":
      return `type ${name}${printTypeParams(def.typeParams)} = ${printType(def.tsType)};`;
    case "class": {
      const constructors = def.constructors?.map((one) => `constructor${printCall(one)};`) ?? [];
      return `class ${name} ${def.extends === undefined ? "" : `extends ${def.extends} `}{${constructors.join("\n")}}`;
    }
    case "interface": {
      const parents = def.extends?.map(printType).join(", ");
      return `interface ${name}${printTypeParams(def.typeParams)}${parents ? ` extends ${parents}` : ""} {}`;
    }
  }
}

/** Methods can be formatted within a type alone, of which {@link formatAll} takes them out again. */
export const methodSignature = (overloads: readonly Method[]): string =>
  `interface _ {\n${overloads.map((one) => `${printMethod(one)};\n`).join("")}}`;

/** A property of a class. Deno widens the type of `readonly code = "ERR_…"`, so that comes from the source. */
export function classProperty(property: Property): string {
  const { filename, byteIndex } = property.location;
  const source = readFileSync(new URL(filename)).subarray(byteIndex).toString();
  const literal = /^(?:(?:override|readonly|declare) )*\w+ = ("[^"]*");/.exec(source)?.[1];
  return literal === undefined ? printProperty(property) : `${property.name}: ${literal}`;
}

const BETWEEN = "// …\n";

/** Formats pieces of code, all in one run of the formatter. */
export function formatAll(pieces: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync(
    join(root, "node_modules/.bin/biome"),
    ["format", "--stdin-file-path=signatures.d.ts", "--line-width=90"],
    { cwd: root, encoding: "utf8", input: pieces.map((piece) => `${BETWEEN}${piece}\n`).join("") },
  );
  if (status !== 0) throw new Error(`biome can't format the signatures: ${stderr}`);
  return stdout
    .split(BETWEEN)
    .slice(1)
    .map((piece) => {
      const method = /^interface _ \{\n(.*)\n\}$/s.exec(piece.trim())?.[1];
      // The members of a type stand below it.
      return method?.replace(/^ {2}/gm, "") ?? piece.trim().replace(/ \{\}$/, " { … }");
    });
}
