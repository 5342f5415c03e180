import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { root } from "../../tools/entries.ts";
import { NO_EPOCH, personHeader } from "../../tools/vectors/header.ts";
import { valueVectors } from "../../tools/vectors/values.ts";
import vectors from "../../vectors.json" with { type: "json" };

const spec = readFileSync(join(root, "SPEC.md"), "utf8");

// That the example is up to date is test/tools/make-vectors.test.ts's.
test("the worked example shows the tenth token vector", () => {
  const vector = vectors.tokens[9] ?? expect.fail();
  const example = spec.slice(spec.indexOf("## Worked example"), spec.indexOf("## Security considerations"));
  for (const name of ["secret", "subject", "id", "kid", "token", "successor", "sessionKey"] as const)
    expect(example, name).toContain(`\`${vector[name]}\``);
});

test("it says how a session's public id follows from its token", async () => {
  const { secret, token } = vectors.tokens[9] ?? expect.fail();
  const rwt = createRwt({ store: memoryStore(), secret }).with(sessions());
  expect(spec).toContain(`the public id \`${await rwt.idOf(token)}\``);
});

test("each link leads to a file or to a section", () => {
  const sections = [...spec.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  const links = [...spec.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
  expect(links.length).toBeGreaterThan(20);
  for (const target of links) {
    if (target.startsWith("#")) expect(sections).toContain(target.slice(1));
    else expect(existsSync(join(root, target)), target).toBe(true);
  }
});

test("each script of the format is named, but those that only batch or migrate", () => {
  const scripts = readdirSync(join(root, "src/redis/lua")).filter((file) => file.endsWith(".lua"));
  const unnamed = scripts.filter((file) => !spec.includes(`(src/redis/lua/${file})`));
  expect(unnamed.sort()).toEqual(["legacy-expire.lua", "slide.lua"]);
});

test("its header expressions tell the vectors' headers from other text", () => {
  const [session, person] = [...spec.matchAll(/`(\^1 \[[^`]+)`/g)].map(([, text = ""]) => new RegExp(text));
  for (const { why, session: value, found } of valueVectors()) {
    if (value === null || (found === "no answer" && !why.startsWith("a header"))) continue;
    expect(session?.test(value) || /^(?!1 )[0-9]+ /.test(value), why).toBe(found !== "no answer");
  }
  expect(person?.test(personHeader(3, NO_EPOCH))).toBe(true);
  expect(person?.test(personHeader().slice(0, -1))).toBe(false);
});

test("what it says of sessions is shorter than the first format's", () => {
  const ofSessions = spec.replace(
    /^##+ (?:One-time tokens|How to prove a new client|List)\n.*?(?=^## )/gms,
    "",
  );
  expect(ofSessions.split("\n").length).toBeLessThan(327);
});
