/** The tests of the examples whose app runs within its tests. Those of the others run in the files that start them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exampleCopy } from "./example-copy.ts";
import { runOwnTests } from "./own-tests.ts";

test.each(["elysia", "express", "fastify", "h3", "nest"])("the tests of examples/%s pass", async (name) => {
  await runOwnTests(name, exampleCopy(name));
});

test.each([
  ["lets strangers in", "return session; //", "return undefined; //", /✖ shows the private page/],
  ["signs out one device", "auth.signOutEverywhere(", "auth.signOut(", /✖ signs a user out on every device/],
])("they fail if the app %s", async (_, right, wrong, failure) => {
  const folder = exampleCopy("h3");
  const app = join(folder, "app.ts");
  const code = readFileSync(app, "utf8");
  expect(code).toContain(right);
  writeFileSync(app, code.replace(right, wrong));
  await expect(runOwnTests("h3", folder)).rejects.toThrow(failure);
});
