import type { createRwt, RwtOptions, TokenStore } from "redis-web-token";
import { equal, rejection } from "../../src/testing/assert.ts";
import { forged } from "../support/forged.ts";

/**
 * What a token service does on every store and runtime. The cases import no code of the library: a runner provides it, from source,
 * built or packed, and its store.
 */
export interface ConformanceContext {
  readonly createRwt: typeof createRwt;
  /** Opens the store under test. All calls return stores of the same Redis. */
  openStore(): TokenStore;
  /** Advances the time of the store and of the service. */
  readonly advance: (seconds: number) => Promise<void>;
  readonly now?: (() => number) | undefined;
}

export interface ConformanceCase {
  readonly name: string;
  run(context: ConformanceContext): Promise<void>;
}

const secret = "a conformance secret of 32 bytes and more";

function serviceOf<Data = unknown>(
  { createRwt, openStore, now }: ConformanceContext,
  options: Partial<RwtOptions> = {},
) {
  return createRwt<Data>({ store: openStore(), secret, now, ...options });
}

const json = (value: unknown): string => JSON.stringify(value);

/** JSON text of every kind of value. Text, since source code can't express some of the values. */
const VALUES: readonly string[] = [
  "null",
  "true",
  "false",
  "0",
  "-1.5",
  "1e300",
  '""',
  '"text"',
  '"42"',
  '"null"',
  '"OK"',
  '"aGVsbG8="',
  '"é 漢字 🎟 \\u0000 \\u2028"',
  '"\\ud800 alone, \\udc00 too"',
  '{"\\ud800":1}',
  "[]",
  "{}",
  '[null,false,0,"",[],{}]',
  '{"a":{"b":{"c":[1,[2,[3]]]}},"":"empty key"}',
  '{"__proto__":{"admin":true},"constructor":1,"toString":null}',
  `[${"[".repeat(100)}${"]".repeat(100)}]`,
];

export const conformance: readonly ConformanceCase[] = [
  {
    name: "signs, verifies, extends, destroys; then the token is dead for good, with a subject and without",
    async run(context) {
      const rwt = serviceOf<{ id: number }>(context);
      for (const subject of [undefined, `person ${crypto.randomUUID()}`]) {
        const token = await rwt.sign({ id: 7 }, { subject });
        equal(/^rwt_[A-Za-z0-9_-]{76}$/.test(token), true, "the token's shape");
        equal((await rwt.verify(token))?.data.id, 7, "data");
        equal((await rwt.verify(token))?.subject, subject, "subject");
        equal(await rwt.extend(token), true, "extend");
        equal(await rwt.destroy(token), true, "destroy");
        equal(await rwt.verify(token), null, "verify after destroy");
        equal(await rwt.extend(token), false, "extend after destroy");
        equal(await rwt.verify(token), null, "verify after extend");
        equal(await rwt.destroy(token), false, "second destroy");
      }
    },
  },
  {
    name: "shares tokens between services, each with a connection of its own",
    async run(context) {
      const [a, b] = [serviceOf(context), serviceOf(context, { verifyExtendsToken: true })];
      const token = await a.sign("shared");
      equal((await b.verify(token))?.data, "shared", "verified by the other");
      equal(await b.extend(token), true, "extended by the other");
      equal(await b.destroy(token), true, "destroyed by the other");
      equal(await a.verify(token), null, "verified by the first afterwards");
    },
  },
  {
    name: "returns any JSON value unchanged",
    async run(context) {
      const rwt = serviceOf(context);
      const check = async (text: string) => {
        const session = await rwt.verify(await rwt.sign(JSON.parse(text)));
        equal(json(session?.data), json(JSON.parse(text)), "data");
      };
      await Promise.all(VALUES.map(check));
      await check(json({ megabyte: "x€".repeat(262_144) }));
    },
  },
  {
    name: "returns what was signed, and when",
    async run(context) {
      const rwt = serviceOf(context, { maxLifetime: 1000 });
      const before = Math.floor(context.now?.() ?? Date.now() / 1000);
      const meta = { device: "iPad", "": [1, null] };
      const token = await rwt.sign(1, { subject: "Zoë ☃", meta, expire: 600 });
      const session = await rwt.verify(token);
      if (session === null) throw new Error("no session");
      const after = Math.floor(context.now?.() ?? Date.now() / 1000);
      equal(session.subject, "Zoë ☃", "subject");
      equal(json(session.meta), json(meta), "meta");
      equal(session.issuedAt >= before && session.issuedAt <= after, true, "issuedAt");
      equal(session.deadline, session.issuedAt + 1000, "deadline");
      equal(session.expire, 600, "expire");
      const bare = await rwt.verify(await rwt.sign(1));
      equal(bare?.subject, undefined, "no subject");
      equal(bare?.meta, undefined, "no meta");
    },
  },
  {
    name: "ends an idle session after its expire",
    async run(context) {
      const rwt = serviceOf(context, { expire: 10 });
      const token = await rwt.sign(1);
      equal((await rwt.verify(token))?.data, 1, "verify at once");
      await context.advance(12);
      equal(await rwt.verify(token), null, "verify after expire");
    },
  },
  {
    name: "slides by the token's own expire when verifyExtendsToken is on, and not at all when it is off",
    async run(context) {
      const sliding = serviceOf(context, { verifyExtendsToken: true, expire: 10 });
      const still = serviceOf(context, { expire: 10 });
      const [slid, left] = [
        await sliding.sign("slid", { expire: 20 }),
        await still.sign("left", { expire: 20 }),
      ];
      for (const _ of [1, 2]) {
        await context.advance(14);
        equal((await sliding.verify(slid))?.data, "slid", "sliding");
      }
      equal(await still.verify(left), null, "not sliding");
    },
  },
  {
    name: "never slides or extends past the deadline",
    async run(context) {
      const rwt = serviceOf(context, { verifyExtendsToken: true, maxLifetime: 30, expire: 20 });
      const token = await rwt.sign(1);
      await context.advance(12);
      equal((await rwt.verify(token))?.data, 1, "within the deadline");
      equal(await rwt.extend(token, { expire: 3600 }), true, "extend within the deadline");
      await context.advance(20);
      equal(await rwt.verify(token), null, "verify past the deadline");
      equal(await rwt.extend(token), false, "extend past the deadline");
    },
  },
  {
    name: "extends by the token's own expire, or by the call's",
    async run(context) {
      const rwt = serviceOf(context, { expire: 60 });
      const [own, given] = [await rwt.sign(1, { expire: 20 }), await rwt.sign(1, { expire: 10 })];
      equal(await rwt.extend(given, { expire: 50 }), true, "extend by the call's");
      await context.advance(14);
      equal(await rwt.extend(own), true, "extend by the token's own");
      await context.advance(14);
      equal((await rwt.verify(own))?.data, 1, "own");
      equal((await rwt.verify(given))?.data, 1, "given");
      await context.advance(14);
      equal(await rwt.verify(own), null, "own, idle for longer than its expire");
    },
  },
  {
    name: "opens tokens of every secret in the ring, and of no other",
    async run(context) {
      const [older, newer] = ["the older secret, 32 bytes at least", "the newer secret, 32 bytes at least"];
      const token = await serviceOf(context, { secret: older }).sign(1);
      equal((await serviceOf(context, { secret: [newer, older] }).verify(token))?.data, 1, "ring with both");
      equal(await serviceOf(context, { secret: newer }).verify(token), null, "retired secret");
      const fresh = await serviceOf(context, { secret: [newer, older] }).sign(2);
      equal((await serviceOf(context, { secret: newer }).verify(fresh))?.data, 2, "signed with the first");
    },
  },
  {
    name: "treats a text and its UTF-8 bytes as the same secret",
    async run(context) {
      const text = "ключ: 32 bytes, of which some are Cyrillic";
      const token = await serviceOf(context, { secret: text }).sign(1);
      const bytes = new TextEncoder().encode(text);
      equal((await serviceOf(context, { secret: bytes }).verify(token))?.data, 1, "bytes");
    },
  },
  {
    name: "keeps services with different prefixes apart",
    async run(context) {
      const token = await serviceOf(context, { prefix: "one:" }).sign(1);
      equal(await serviceOf(context, { prefix: "two:" }).verify(token), null, "the other prefix");
    },
  },
  {
    name: "answers null or false for whatever isn't a token of its own",
    async run(context) {
      const rwt = serviceOf(context);
      const token = await rwt.sign(1);
      const bad = ["", "rwt_", token.slice(1), `${token}A`, ` ${token}`, `${token}\n`, forged(token)];
      for (const text of [...bad, token.toUpperCase(), null, undefined, 42 as never, {} as never]) {
        equal(await rwt.verify(text), null, "verify");
        equal(await rwt.extend(text), false, "extend");
        equal(await rwt.destroy(text), false, "destroy");
      }
      equal((await rwt.verify(token))?.data, 1, "the token itself");
    },
  },
  {
    name: "handles many concurrent calls, including the first ones",
    async run(context) {
      const rwt = serviceOf<number>(context);
      const tokens = await Promise.all(Array.from({ length: 40 }, (_, i) => rwt.sign(i)));
      equal(new Set(tokens).size, 40, "different tokens");
      const sessions = await Promise.all(tokens.map((token) => rwt.verify(token)));
      sessions.forEach((session, i) => {
        equal(session?.data, i, `session ${i}`);
      });
    },
  },
  {
    name: "connects, disconnects, and reconnects by itself",
    async run(context) {
      const rwt = serviceOf(context);
      await rwt.connect();
      const token = await rwt.sign(1);
      await rwt.disconnect();
      await rwt.disconnect();
      equal((await rwt.verify(token))?.data, 1, "verify after disconnect");
      await rwt[Symbol.asyncDispose]();
    },
  },
  {
    name: "rejects with the caller's reason when the caller aborts",
    async run(context) {
      const rwt = serviceOf(context);
      const token = await rwt.sign(1);
      const reason = new Error("gave up");
      const signal = AbortSignal.abort(reason);
      equal(await rejection(rwt.sign(1, { signal }), "sign"), reason, "sign");
      equal(await rejection(rwt.verify(token, { signal }), "verify"), reason, "verify");
      equal(await rejection(rwt.extend(token, { signal }), "extend"), reason, "extend");
      equal(await rejection(rwt.destroy(token, { signal }), "destroy"), reason, "destroy");
      equal(await rejection(rwt.connect({ signal }), "connect"), reason, "connect");
      equal((await rwt.verify(token))?.data, 1, "verify afterwards");
    },
  },
];
