import { type Block, blocksOf, writtenPages } from "../../tools/docs/markdown.ts";

/** The TypeScript blocks of the README and the pages in docs, except those of the examples, which have their own builds. */
export const blocks: readonly Block[] = writtenPages
  .flatMap(blocksOf)
  .filter(({ language, from }) => language === "ts" && from === undefined);

/** The code of the only block that contains a text, on one page or on all pages. */
export function blockWith(text: string, path?: string): string {
  const found = blocks.filter(({ page, code }) => (path ?? page.path) === page.path && code.includes(text));
  const [block] = found;
  if (block === undefined || found.length > 1)
    throw new Error(`${found.length} blocks${path === undefined ? "" : ` of ${path}`} contain ${text}`);
  return block.code;
}

/** What the blocks assume: a file of the user's, and what runtimes other than Node, and Next, provide. */
export const SURROUNDINGS: Readonly<Record<string, string>> = {
  "auth.ts": `
    import { createRwt } from "redis-web-token";
    import { memoryStore } from "redis-web-token/memory";
    import { requestAuth } from "redis-web-token/request";
    import { sessions } from "redis-web-token/sessions";

    export interface User {
      id: string;
      name: string;
    }
    export const rwt = createRwt<User>({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
    export const {
      authenticate,
      authenticateUpgrade,
      endOtherSessions,
      listSessions,
      reauthenticate,
      rotateSession,
      signIn,
      signOut,
      signOutEverywhere,
    } = requestAuth<User>({ rwt, from: ["bearer", "cookie"] });`,
  "globals.d.ts": `
    declare module "cloudflare:workers" {
      export const env: Record<"UPSTASH_REDIS_REST_URL" | "UPSTASH_REDIS_REST_TOKEN" | "RWT_SECRET", string>;
    }
    declare module "next/server" {
      export interface NextRequest extends Request {
        readonly cookies: { get(name: string): { value: string } | undefined };
      }
      export const NextResponse: { next(): Response; redirect(to: URL): Response };
    }
    declare const Bun: {
      readonly env: Record<string, string | undefined>;
      serve(options: { fetch(request: Request): Promise<Response> }): void;
    };`,
};
