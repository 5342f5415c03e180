import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { createOnce } from "../../src/once/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

const run = promisify(execFile);
const secret = "s".repeat(32);
const purpose = "magic-link";

/** Signs and issues before Node takes its snapshot, and again in each process that starts from it. */
const program = `
import v8 from "node:v8";
import { createRwt } from "./src/index.ts";
import { encryption } from "./src/encryption/index.ts";
import { createOnce } from "./src/once/index.ts";
import { memoryStore } from "./src/stores/memory/index.ts";
import { upstashStore } from "./src/stores/upstash.ts";

const options = { secret: "${secret}", purpose: "${purpose}", expire: 900 };
const started = createRwt({ store: memoryStore(), secret: options.secret }).sign(null);
v8.startupSnapshot.setDeserializeMainFunction(async () => {
  await started;
  const store = upstashStore({ url: process.env.REST_URL, token: process.env.REST_TOKEN });
  const user = process.env.USER_NAME;
  const token = await createRwt({ store, secret: options.secret }).sign({ user });
  const once = createOnce({ ...options, store });
  const link = await once.issue({ user });
  const code = await once.issueCode({ subject: user, data: null, digits: 12 });
  await createRwt({ store, secret: options.secret }).with(encryption()).sign({ user }, { subject: user });
  console.log(JSON.stringify({ token, link, code }));
});
`;

test("processes that start from one snapshot make ids, codes and IVs of their own", async () => {
  const redis = await ownRedis();
  const rest = await ownRest(redis);
  const folder = mkdtempSync(join(tmpdir(), "rwt-copies-"));
  atEnd(() => rmSync(folder, { recursive: true }));
  const [script, blob] = [join(folder, "app.cjs"), join(folder, "app.blob")];
  await build({
    stdin: { contents: program, resolveDir: root },
    outfile: script,
    bundle: true,
    platform: "node",
    format: "cjs",
  });
  await run(process.execPath, ["--snapshot-blob", blob, "--build-snapshot", script]);
  async function start(user: string): Promise<{ token: string; link: string; code: string }> {
    const env = { ...process.env, REST_URL: rest.url, REST_TOKEN: rest.token, USER_NAME: user };
    return JSON.parse((await run(process.execPath, ["--snapshot-blob", blob], { env })).stdout);
  }
  const store = ioredisStore(redis.url);
  const rwt = createRwt({ store, secret });
  const links = createOnce({ store, secret, purpose, expire: 900 });
  const admin = new Redis(redis.url);
  atEnd(() => rwt.disconnect());
  atEnd(() => admin.quit());

  const ada = await start("ada");
  await rwt.destroy(ada.token);
  const bob = await start("bob");
  expect(await rwt.verify(ada.token)).toBeNull();
  expect((await rwt.verify(bob.token))?.data).toEqual({ user: "bob" });
  expect((await links.consume(ada.link))?.data).toEqual({ user: "ada" });
  expect((await links.consume(bob.link))?.data).toEqual({ user: "bob" });
  expect(ada.code).not.toBe(bob.code);
  // The first 12 bytes of each encrypted line.
  const values = await admin.mget(await admin.keys("*:s:*"));
  const ivs = values.flatMap((value) => [...(value ?? "").matchAll(/^e1\.(.{16})/gm)].map(([, iv]) => iv));
  expect([ivs.length, new Set(ivs).size]).toEqual([4, 4]);
});
