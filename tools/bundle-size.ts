import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./entries.ts";

/** What an app has anyway. */
const EXTERNAL = ["hono", "hono/*", "@opentelemetry/api", "@upstash/redis", "ioredis", "redis"];

export interface BundleOptions {
  /** Where its imports are looked up. */
  readonly resolveDir?: string;
  readonly platform?: "browser" | "node";
  /** What isn't counted. */
  readonly external?: readonly string[];
}

/** Bytes of a module's text with all that it imports but clients and Hono, bundled, minified and gzipped. */
export async function bundleSize(
  contents: string,
  { resolveDir = root, platform = "browser", external = EXTERNAL }: BundleOptions = {},
): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    external: [...external],
    platform,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}
