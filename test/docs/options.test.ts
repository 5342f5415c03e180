/** What the pages say about the options that entries share with `rwtAuth`. */
import Fastify from "fastify";
import { expect, test } from "vitest";
import { expressAuth } from "../../src/express/index.ts";
import { rwtFastify } from "../../src/fastify/index.ts";
import { rwtAuth, rwtCarrier } from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { RwtModule } from "../../src/nest/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { writtenPages } from "../../tools/docs/markdown.ts";

const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) });
/** All options of `rwtAuth`, in the order of its page's table. */
const OPTIONS = {
  require: { maxAge: 300 },
  onFailure: () => new Response(null),
  from: ["bearer", "header", "cookie"],
  header: "x-token",
  cookie: {},
  csrf: {},
  optional: true,
  fresh: true,
  realm: "shop",
  retryAfter: 1,
} as const;
/** `header` needs its carrier. */
const base = { rwt, from: OPTIONS.from };

type Factory = (options: never) => unknown;
const register = async (options: never): Promise<void> => {
  const app = Fastify();
  app.register(rwtFastify, options);
  await app.ready();
};

/** The options that an entry doesn't know. */
async function refusedBy(factory: Factory): Promise<string[]> {
  const refused: string[] = [];
  for (const [name, value] of Object.entries(OPTIONS)) {
    try {
      await factory({ ...base, [name]: value } as never);
    } catch (error) {
      expect(error).toMatchObject({ code: "ERR_RWT_OPTION_UNKNOWN" });
      refused.push(name);
    }
  }
  return refused;
}

const NAMES = String.raw`((?:\`\w+\`(?:,\s|\sand\s)?)+)`;
/** The names that a page gives behind some text. */
function namesBehind(path: string, text: string): string[] {
  const page = writtenPages.find((each) => each.path === path);
  const [, names = ""] = new RegExp(text + NAMES).exec(page?.text ?? "") ?? [];
  return [...names.matchAll(/\w+(?=`)/g)].map(([name]) => name);
}

test("rwtAuth has all of them", async () => {
  expect(await refusedBy(rwtAuth)).toEqual([]);
});

test.each<readonly [entry: string, page: string, factory: Factory]>([
  ["rwtCarrier", "docs/hono.md", rwtCarrier],
  ["requestAuth", "docs/frameworks/index.md", requestAuth],
  ["expressAuth", "docs/frameworks/express.md", expressAuth],
  ["RwtModule.forRoot", "docs/frameworks/nest.md", RwtModule.forRoot],
])("%s has all except those that its page names", async (entry, page, factory) => {
  const named = namesBehind(page, String.raw`\`${entry}\` takes [^]{0,150}?except\s`);
  expect(named.length).toBeGreaterThan(0);
  expect(new Set(await refusedBy(factory))).toEqual(new Set(named));
});

test("rwtFastify has those that its page names", async () => {
  const named = namesBehind("docs/frameworks/fastify.md", String.raw`takes those of [^:]*: \`rwt\`, `);
  const refused = await refusedBy(register);
  expect(new Set(named)).toEqual(new Set(Object.keys(OPTIONS).filter((name) => !refused.includes(name))));
});
