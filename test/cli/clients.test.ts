/** The program as npm installs it: a link to it, beside whichever clients there are. */
import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { manifest, root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { withoutOurs } from "../support/environment.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

const RWT_SECRET = "tcTyqz0tPnKkdF0VzmA4P3MIq2WeOXL7fd2Nlr3xHhE";
const redis = await ownRedis({ args: ["--appendonly", "yes"] });
const rest = await ownRest(redis);
const overTcp = { REDIS_URL: redis.url, RWT_SECRET };
const overHttp = {
  UPSTASH_REDIS_REST_URL: rest.url,
  UPSTASH_REDIS_REST_TOKEN: rest.token,
  RWT_SECRET,
};

/** Installs the package with some clients, and gives the program's link. */
function installedWith(...clients: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "rwt-cli-"));
  atEnd(() => rmSync(folder, { recursive: true }));
  const modules = join(folder, "node_modules");
  const home = join(modules, manifest.name);
  // Other tests keep files of theirs in dist, in folders that begin with a dot.
  const filter = (file: string): boolean => !basename(file).startsWith(".");
  cpSync(join(root, "dist"), join(home, "dist"), { recursive: true, filter });
  cpSync(join(root, "package.json"), join(home, "package.json"));
  for (const client of clients) {
    mkdirSync(join(modules, client, ".."), { recursive: true });
    symlinkSync(join(root, "node_modules", client), join(modules, client));
  }
  const program = join(home, manifest.bin["redis-web-token"] ?? "");
  const bin = join(modules, ".bin");
  mkdirSync(bin);
  // As npm does.
  chmodSync(program, 0o755);
  symlinkSync(relative(bin, program), join(bin, "redis-web-token"));
  return join(bin, "redis-web-token");
}

const run = async (program: string, args: readonly string[], variables: Record<string, string>) =>
  promisify(execFile)(program, args, {
    env: { ...withoutOurs(process.env), ...variables },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );

test.each([
  ["ioredis", overTcp],
  ["redis", overTcp],
  ["@upstash/redis", overHttp],
])(
  "%s alone is enough for its kind of Redis, and for all that the doctor asks",
  async (client, variables) => {
    const program = installedWith(client);
    const signed = await run(program, ["sign", "--data", "1"], variables);
    expect(signed).toEqual({ code: 0, stdout: expect.stringMatching(/^rwt_/), stderr: "" });
    const examined = await run(program, ["doctor", "--json", "--strict"], variables);
    expect(examined).toMatchObject({ code: 0, stderr: "" });
    expect(examined.stdout).not.toContain('"unknown"');
  },
);

test.each([
  ["a TCP client", overTcp, "REDIS_URL needs a client: npm install ioredis, or npm install redis"],
  ["the HTTP client", overHttp, "this store needs the package @upstash/redis: npm install @upstash/redis"],
])("without %s it says what to install", async (_, variables, message) => {
  const outcome = await run(installedWith(), ["sign", "--data", "1"], variables);
  expect(outcome).toEqual({ code: 2, stdout: "", stderr: `redis-web-token sign: ${message}\n` });
});
