import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Service, startService } from "./service.ts";

const run = promisify(execFile);
const hasCurl = await run("curl", ["--version"]).then(
  () => true,
  () => false,
);

let service: Service;
const directory = await mkdtemp(join(tmpdir(), "curl-"));
const jar = join(directory, "jar");
beforeAll(async () => {
  if (hasCurl) service = await startService("worker");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function curl(path: string, ...args: string[]): Promise<{ status: number; body: string }> {
  const { stdout } = await run("curl", ["-sS", "-w", "\n%{http_code}", ...args, service.url + path]);
  const end = stdout.lastIndexOf("\n");
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

const LOGIN = ["-d", "user=ada", "--data-urlencode", "password=correct horse battery staple"];

test.skipIf(!hasCurl)("curl signs in, keeps the cookie in its jar, and logs out", async () => {
  const login = await curl("/login", "-c", jar, ...LOGIN);
  expect(login.status).toBe(200);
  expect(await readFile(jar, "utf8")).toMatch(/^#HttpOnly_localhost\t.*\t__Host-rwt\trwt_/m);
  const answer = await curl("/private", "-b", jar);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ user: { id: "ada" } });
  expect(await curl("/logout", "-b", jar, "-c", jar, "-X", "POST")).toEqual({
    status: 200,
    body: '{"destroyed":true}',
  });
  expect((await curl("/private", "-b", jar)).status).toBe(401);
});

test.skipIf(!hasCurl)("curl sends the token itself, in either header", async () => {
  const json = ["-H", "Content-Type: application/json", "-d", '{"user":"grace","password":"hopper"}'];
  const { token } = JSON.parse((await curl("/login", ...json)).body) as { token: string };
  for (const header of [`Authorization: Bearer ${token}`, `x-access-token: ${token}`]) {
    expect(JSON.parse((await curl("/private", "-H", header)).body)).toMatchObject({ user: { id: "grace" } });
  }
  expect((await curl("/logout", "-X", "POST", "-H", `Authorization: Bearer ${token}`)).body).toBe(
    '{"destroyed":true}',
  );
  expect((await curl("/private", "-H", `x-access-token: ${token}`)).status).toBe(401);
});

test.skipIf(!hasCurl)("curl gets a page if it asks for one", async () => {
  const { body } = await curl("/private", "-H", "Accept: text/html");
  expect(body).toMatch(/^<!doctype html>/);
});
