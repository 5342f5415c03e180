import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
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
  const link = await createOnce({ ...options, store }).issue({ user });
  console.log(JSON.stringify({ token, link }));
});
`;

test("processes that start from one snapshot sign sessions and issue links of their own", async () => {
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
  async function start(user: string): Promise<{ token: string; link: string }> {
    const env = { ...process.env, REST_URL: rest.url, REST_TOKEN: rest.token, USER_NAME: user };
    return JSON.parse((await run(process.execPath, ["--snapshot-blob", blob], { env })).stdout);
  }
  const store = ioredisStore(redis.url);
  const rwt = createRwt({ store, secret });
  const links = createOnce({ store, secret, purpose, expire: 900 });
  atEnd(() => rwt.disconnect());

  const ada = await start("ada");
  await rwt.destroy(ada.token);
  const bob = await start("bob");
  expect(await rwt.verify(ada.token)).toBeNull();
  expect((await rwt.verify(bob.token))?.data).toEqual({ user: "bob" });
  expect((await links.consume(ada.link))?.data).toEqual({ user: "ada" });
  expect((await links.consume(bob.link))?.data).toEqual({ user: "bob" });
});
