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
  /** Of package.json's exports, where a runtime has some of its own. */
  readonly conditions?: readonly string[];
}

/** A module's text with all that it imports but clients and Hono, bundled and minified. */
export async function bundle(
  contents: string,
  { resolveDir = root, platform = "browser", external = EXTERNAL, conditions }: BundleOptions = {},
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    external: [...external],
    platform,
    ...(conditions && { conditions: [...conditions] }),
  });
  return outputFiles[0]?.text ?? "";
}

/** Bytes of such a text, gzipped. */
export const bundleSize = async (contents: string, options?: BundleOptions): Promise<number> =>
  gzipSync(await bundle(contents, options), { level: 9 }).length;
