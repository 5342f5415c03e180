import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./entries.ts";

/** What an app depends on anyway. */
const EXTERNAL = ["hono", "hono/*", "@nestjs/*", "@opentelemetry/api", "@upstash/redis", "ioredis", "redis"];

export interface BundleOptions {
  /** The folder from which imports are resolved. */
  readonly resolveDir?: string;
  readonly platform?: "browser" | "node";
  /** Packages that aren't bundled. */
  readonly external?: readonly string[];
  /** Conditions of package.json's exports, such as `bun` or `workerd`. */
  readonly conditions?: readonly string[];
}

/** Bundles and minifies a module with all its imports, except Redis clients and frameworks. */
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

/** The size of such a bundle in bytes, gzipped. */
export const bundleSize = async (contents: string, options?: BundleOptions): Promise<number> =>
  gzipSync(await bundle(contents, options), { level: 9 }).length;
