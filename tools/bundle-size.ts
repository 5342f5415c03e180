import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./entries.ts";

/** What an app has anyway. */
const EXTERNAL = ["hono", "hono/*", "@upstash/redis", "ioredis", "redis"];

/** Bytes of a module's text with all that it imports but clients and Hono, bundled for browsers, minified and gzipped. */
export async function bundleSize(
  contents: string,
  resolveDir: string = root,
  platform?: "node",
): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    external: EXTERNAL,
    ...(platform && { platform }),
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}
