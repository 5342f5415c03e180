import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/entries.ts";

export const readme: string = readFileSync(join(root, "README.md"), "utf8");

/** The README's code. */
export const blocks: readonly string[] = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, code = ""]) => code,
);

export function blockWith(text: string): string {
  const block = blocks.find((code) => code.includes(text));
  if (block === undefined) throw new Error(`no block of the README has ${text}`);
  return block;
}

/** What the blocks take for granted: a file of the user's, and the globals of runtimes that aren't Node. */
export const SURROUNDINGS: Readonly<Record<string, string>> = {
  "auth.ts": `
    import { createRwt } from "redis-web-token";
    import { memoryStore } from "redis-web-token/memory";
    import { requestAuth } from "redis-web-token/request";

    export const rwt = createRwt<{ id: string }>({ store: memoryStore(), secret: "s".repeat(32) });
    export const { authenticate } = requestAuth({ rwt, from: ["bearer", "cookie"] });`,
  "globals.d.ts": `
    declare module "cloudflare:workers" {
      export const env: Record<"UPSTASH_REDIS_REST_URL" | "UPSTASH_REDIS_REST_TOKEN" | "RWT_SECRET", string>;
    }
    declare const Bun: {
      readonly env: Record<string, string | undefined>;
      serve(options: { fetch(request: Request): Promise<Response> }): void;
    };`,
};
