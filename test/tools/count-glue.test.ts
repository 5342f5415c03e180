/** The lines that examples have because of the library: what counts, and that one too many turns the check red. */
import { execFile } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { countGlue } from "../../tools/glue/count.ts";
import { appsIn, codeIn, type Files } from "../../tools/glue/parse.ts";
import { atEnd } from "../support/at-end.ts";

const SET_UP = `import { createRwt } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { requestAuth } from "redis-web-token/request";
export const rwt = createRwt({
  store: ioredisStore(""),
});
export const auth = requestAuth({ rwt });
`;
const glueOf = (files: Record<string, string>): number =>
  countGlue(new Map(Object.entries(files))).glue.length;
/** The glue lines of a file next to the set-up, whose own one isn't counted. */
const besides = (code: string, path = "app.ts"): number =>
  glueOf({ "auth.ts": SET_UP, [path]: `import { auth } from "./auth.ts";\n${code}` }) - 1;

test("the set-up of the service and imports are counted apart", () => {
  const { glue, setUp, imports } = countGlue(new Map([["auth.ts", SET_UP]]));
  expect([glue, setUp, imports]).toEqual([
    ["auth.ts:7"],
    ["auth.ts:4", "auth.ts:5", "auth.ts:6"],
    ["auth.ts:1", "auth.ts:2", "auth.ts:3"],
  ]);
});

test.each([
  ["a call", 'app.post("/", async (req) => {\n  await auth.signOut(req);\n});', 1],
  ["a call over several lines", "const a = await auth.signIn(\n  request,\n  user,\n);", 4],
  ["a middleware", 'app.get(\n  "/",\n  auth.required,\n  () => "hello",\n);', 1],
  [
    "the check of a result",
    "const found = await auth.authenticate(a);\nif (found instanceof Response)\n  return found;",
    3,
  ],
  ["a check with a block", "const found = await auth.authenticate(a);\nif (!found) {\n  b();\n  c();\n}", 5],
  ["a result that is passed on", "const found = await auth.authenticate(a);\ncontext.user = found.data;", 2],
  [
    "what the app does with a result",
    "const found = await auth.authenticate(a);\nres.send(page(found.data));",
    1,
  ],
  ["a header for caches", 'res.set("Cache-Control", "no-store");', 1],
  [
    "what the library adds to others' objects",
    "await reply.signIn(user);\nconst { data } = request.auth;",
    2,
  ],
  ["a variable of the app", "const { signOut: leave } = auth.route;\nawait leave(request);", 2],
  ["a type", "function page(session: typeof auth) {\n  return 1;\n}", 1],
  [
    "code without the library",
    'const form = await request.formData();\nif (form.get("a")) return b(form);',
    0,
  ],
])("counts %s", (_, code, lines) => {
  expect(besides(`async function work() {\n${code}\n}`)).toBe(lines);
});

test("counts a name that a file changes as it imports it", () => {
  const code = 'import { auth as a } from "./auth.ts";\nawait a.signOut(request);\na.required;\n';
  expect(glueOf({ "auth.ts": SET_UP, "app.ts": code })).toBe(1 + 2);
});

test("a helper for results counts whole, in whichever file it is, also if it doesn't name the library", () => {
  const goTo =
    "export function goTo(path, result) {\n  if (result.ok) return result;\n  return redirect(path);\n}\n";
  const use =
    'import { goTo } from "./go-to.ts";\nimport { auth } from "./auth.ts";\ngoTo("/", await auth.signOut(a));\n';
  expect(glueOf({ "auth.ts": SET_UP, "go-to.ts": goTo, "app.ts": use })).toBe(1 + 4 + 1);
  expect(besides(`${goTo}goTo("/", await auth.signOut(a));`)).toBe(4 + 1);
  const shown =
    "export const page = (name) => {\n  return html(name);\n};\npage((await auth.session(a)).data.name);";
  expect(besides(shown)).toBe(1);
});

test("a guard that consists of the library's calls counts whole, and where it is used", () => {
  const guard = "export async function guard(a) {\n  const b = a.raw;\n  await auth.authenticate(b);\n}\n";
  expect(besides(guard)).toBe(1);
  expect(besides(`${guard}app.get("/", guard, () => 1);`)).toBe(4 + 1);
});

test("what rotates the token is counted apart", () => {
  const code = `import { auth } from "./auth.ts";
app.post("/confirm", auth.required, async (req) => {
  if (isWrong(req)) return wrong();
  await auth.rotateSession(req);
});
app.post("/out", auth.required, async (req) => auth.signOut(req));`;
  const { glue, rotation } = countGlue(new Map(Object.entries({ "auth.ts": SET_UP, "app.ts": code })));
  expect(rotation).toEqual(["app.ts:2", "app.ts:4"]);
  expect(glue).toEqual(["app.ts:6", "auth.ts:7"]);
});

test("the scripts of Astro, Svelte and React are counted, on their own lines", () => {
  const files: Files = new Map([
    ["auth.ts", SET_UP],
    ["a.astro", '---\nimport { auth } from "./auth.ts";\nawait auth.session(a);\n---\n<p>auth.session</p>\n'],
    ["b.svelte", '<script lang="ts">\nimport { auth } from "./auth.ts";\nauth.session(a);\n</script>\n'],
    [
      "c.tsx",
      'import { auth } from "./auth.ts";\nexport default () => (\n  <p>\n    {auth.session(a)}\n  </p>\n);\n',
    ],
  ]);
  expect(countGlue(files).glue).toEqual(["a.astro:3", "auth.ts:7", "b.svelte:3", "c.tsx:4"]);
});

test("the tests of an example aren't counted", () => {
  for (const name of appsIn(join(root, "examples"))) {
    const files = readdirSync(join(root, "examples", name)).filter((file) => file.includes(".test."));
    expect(files, name).toHaveLength(1);
    for (const path of codeIn(join(root, "examples", name)).keys()) expect(files).not.toContain(path);
  }
});

test("one line more in every example is one line of glue more", () => {
  for (const name of appsIn(join(root, "examples"))) {
    const files = new Map(codeIn(join(root, "examples", name)));
    const before = countGlue(files).glue.length;
    const [path = "", code = ""] =
      [...files].find(([, text]) => /await (auth|reply)\.signOut\(/.test(text)) ?? [];
    const line = /^.*await (auth|reply)\.signOut\(.*\n/m.exec(code)?.[0] ?? "";
    expect(line, name).not.toBe("");
    files.set(path, code.replace(line, line + line));
    expect(countGlue(files).glue.length, name).toBe(before + 1);
  }
});

test("the check is green, and red once an example has more than 12 lines", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rwt-examples-"));
  atEnd(() => rmSync(folder, { recursive: true }));
  cpSync(join(root, "examples/express"), join(folder, "express"), { recursive: true });
  const check = () =>
    promisify(execFile)(process.execPath, [join(root, "tools/count-glue.ts"), `--examples=${folder}`]);
  const { stdout } = await check();
  const left = 12 - Number(/express +(\d+) lines of glue/.exec(stdout)?.[1]);
  const more = (lines: number) =>
    appendFileSync(
      join(folder, "express/app.ts"),
      `import { seeOther } from "redis-web-token/request";\n${'seeOther("/", result);\n'.repeat(lines)}`,
    );
  more(left);
  await check();
  more(1);
  await expect(check()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("examples/express has 13 lines of glue, more than 12"),
  });
});
