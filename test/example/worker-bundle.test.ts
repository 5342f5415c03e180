import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";

test("the Worker's bundle, as it would be deployed, contains no TCP client and no import", async () => {
  const directory = await mkdtemp(join(tmpdir(), "bundle-"));
  try {
    const output = execFileSync(
      process.execPath,
      [bin("wrangler"), "deploy", "--dry-run", "--outdir", directory, "--metafile"],
      {
        cwd: root,
        stdio: "pipe",
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" },
      },
    );
    // Neither a binding nor the code contains the users with public passwords.
    expect(String(output)).not.toContain("DEMO_USERS");
    const bundle = await readFile(join(directory, "worker.js"), "utf8");
    expect(bundle).toContain("rwt_");
    expect(bundle).not.toContain("Ada Lovelace");
    const { inputs } = JSON.parse(await readFile(join(directory, "bundle-meta.json"), "utf8"));
    const packages = Object.keys(inputs).flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    );
    expect([...new Set(packages)].sort()).toEqual(["@upstash/redis", "hono", "uncrypto"]);
    expect(bundle).not.toMatch(/["']node:/);
    expect(bundle).not.toMatch(/^import\b|\bimport\(|\brequire\(/m);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
