import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { bodyOf, derive, hmacOf } from "../../tools/vectors/token.ts";
import vectors from "../../vectors.json" with { type: "json" };

const spec = readFileSync(join(root, "SPEC.md"), "utf8");

test("the worked example is the tenth vector, and each of its values is right", () => {
  const vector = vectors.tokens[9] ?? expect.fail();
  const { secret, subject, deadline, expire, random, kid, slot } = vector;
  const hash = hmacOf(derive(secret, "subject", 32), subject ?? "");
  const body = bodyOf(vector, derive(secret, "kid", 1), hash.subarray(0, 2));
  const hex = (bytes: Buffer) => `\`${bytes.toString("hex")}\``;
  const rows: Record<string, string> = {
    secret: `\`${secret}\` (text)`,
    subject: `\`${subject}\` (text)`,
    "deadline, expire": `${deadline}, ${expire} (decimal)`,
    random: `\`${random}\``,
    kid: `\`${kid}\``,
    "token key": hex(derive(secret, "token", 32)),
    "subject key": hex(derive(secret, "subject", 32)),
    "HMAC of the subject": hex(hash),
    slot: `\`${slot}\``,
    body: hex(body),
    M: hex(hmacOf(derive(secret, "token", 32), body)),
    token: `\`${vector.token}\``,
    "session key": `\`${vector.sessionKey}\``,
    "subject's index": `\`${vector.subjectKey}\``,
  };
  const example = spec.slice(spec.indexOf("## Worked example"), spec.indexOf("## Security considerations"));
  const shown = [...example.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].map(([, name, value]) => [name, value]);
  expect(Object.fromEntries(shown.slice(1))).toEqual(rows);
});

test("the scripts of legacy tokens are those that TypeScript and PHP send", () => {
  const appendix = spec.slice(spec.indexOf("## Appendix: legacy tokens"));
  const scripts = [...appendix.matchAll(/^```lua\n(.*?)^```$/gms)].map(([, script = ""]) => script);
  expect(scripts).toHaveLength(2);
  const lines = (text: string) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  const inFile = (file: string) =>
    readFileSync(join(root, file), "utf8").replaceAll(`\${MARK}`, "rwt:upgraded");
  for (const file of ["src/legacy/old-hashes.ts", "interop/php/src/LegacyTokens.php"]) {
    const code = lines(inFile(file)).join("\n");
    const [read = "", remove = ""] = scripts;
    for (const line of [...lines(read).slice(1), ...lines(remove)]) expect(code, file).toContain(line);
  }
});
