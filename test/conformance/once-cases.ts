import { equal, rejection } from "../../src/testing/assert.ts";
import { forged } from "../support/forged.ts";
import { onceCodeCases } from "./once-code-cases.ts";
import {
  dataOf,
  freshSubject,
  json,
  type OnceCase,
  RACERS,
  secret,
  serviceOf,
  wrong,
} from "./once-context.ts";

const tokenCases: readonly OnceCase[] = [
  {
    name: "a one-time token is read any number of times, and consumed once, replaceable or not",
    async run(context) {
      const [a, b] = [serviceOf(context), serviceOf(context)];
      for (const replaces of [false, true]) {
        const subject = freshSubject();
        const before = Math.floor(context.now?.() ?? Date.now() / 1000);
        const token = await a.issue({ next: "/é 🎟" }, { subject, replaces });
        equal(/^rwto_[A-Za-z0-9_-]{76}$/.test(token), true, "the token's shape");
        for (const found of [await b.peek(token), await a.peek(token), await b.consume(token)]) {
          equal(json(found?.data), json({ next: "/é 🎟" }), "data");
          equal(found?.subject, subject, "subject");
          equal((found?.issuedAt ?? 0) - before <= 2, true, "issuedAt");
          equal(found?.expiresAt, (found?.issuedAt ?? 0) + 60, "expiresAt");
        }
        for (const service of [a, b]) {
          equal(await service.consume(token), null, "consumed again");
          equal(await service.peek(token), null, "read again");
        }
      }
    },
  },
  {
    name: "of 200 concurrent calls by two services, one consumes a token, and the others get null",
    async run(context) {
      const services = [serviceOf(context), serviceOf(context)] as const;
      for (const replaces of [false, true]) {
        const token = await services[0].issue("won", { subject: freshSubject(), replaces });
        const calls = Array.from({ length: RACERS }, (_, i) => services[i % 2 === 0 ? 0 : 1].consume(token));
        equal(json(dataOf(await Promise.all(calls))), json(["won"]), "winners");
      }
    },
  },
  {
    name: "a newer token replaces the subject's older one, and no other token",
    async run(context) {
      const [once, other] = [serviceOf(context), serviceOf(context, { purpose: "others" })];
      const subject = freshSubject();
      const plain = await once.issue("plain", { subject });
      const theirs = await once.issue("theirs", { subject: freshSubject(), replaces: true });
      const elsewhere = await other.issue("elsewhere", { subject, replaces: true });
      const [first, second] = [
        await once.issue(1, { subject, replaces: true }),
        await once.issue(2, { subject, replaces: true }),
      ];
      equal(await once.peek(first), null, "read the older one");
      equal(await once.consume(first), null, "consume the older one");
      equal((await once.peek(second))?.data, 2, "read the newer one");
      equal((await once.consume(second))?.data, 2, "consume the newer one");
      equal(await once.consume(first), null, "the older one afterwards");
      equal((await once.consume(plain))?.data, "plain", "one that nothing replaces");
      equal((await once.consume(theirs))?.data, "theirs", "another subject's");
      equal((await other.consume(elsewhere))?.data, "elsewhere", "another purpose's");
    },
  },
  {
    name: "tokens and codes expire, by the service's or their own lifetime",
    async run(context) {
      const once = serviceOf(context, { expire: 20 });
      const subject = freshSubject();
      const usual = [await once.issue(1), await once.issue(1, { subject, replaces: true })];
      const longer = await once.issue(1, { expire: 90 });
      const code = await once.issueCode({ subject, data: 1 });
      await context.advance(22);
      for (const token of usual) equal(await once.consume(token), null, "past the service's");
      equal(await once.consumeCode(subject, code), null, "a code past the service's");
      equal((await once.consume(longer))?.data, 1, "within its own");
    },
  },
  {
    name: "a ring of secrets: older tokens and codes stay good, are replaced by new ones, and revoked",
    async run(context) {
      const [older, newer] = ["the older secret, 32 bytes at least", "the newer secret, 32 bytes at least"];
      const [before, after] = [
        serviceOf(context, { secret: older }),
        serviceOf(context, { secret: [newer, older] }),
      ];
      const subject = freshSubject();
      const token = await before.issue(1, { subject, replaces: true });
      const code = await before.issueCode({ subject, data: 1, attempts: 2 });
      equal((await after.peek(token))?.data, 1, "an older secret's token");
      equal(await after.consumeCode(subject, wrong(code)), null, "a wrong guess");
      equal((await after.consumeCode(subject, code))?.data, 1, "an older secret's code");
      const replaced = await before.issueCode({ subject, data: 1 });
      const fresh = [
        await after.issue(2, { subject, replaces: true }),
        await after.issueCode({ subject, data: 2 }),
      ] as const;
      equal(await after.consume(token), null, "the replaced token");
      equal(await before.consume(token), null, "the replaced token, by the service before");
      equal(await before.consumeCode(subject, replaced), null, "the replaced code");
      equal((await serviceOf(context, { secret: newer }).consume(fresh[0]))?.data, 2, "the new token");
      equal((await after.consumeCode(subject, fresh[1]))?.data, 2, "the new code");
      const last = await before.issue(3, { subject, replaces: true });
      equal(await after.revokeAll(subject), true, "revokeAll");
      equal(await before.consume(last), null, "a revoked token");
    },
  },
  {
    name: "revokeAll ends a subject's code and replaceable token",
    async run(context) {
      const once = serviceOf(context);
      const [subject, other] = [freshSubject(), freshSubject()];
      equal(await once.revokeAll(subject), false, "nothing to end");
      const token = await once.issue(1, { subject, replaces: true });
      const plain = await once.issue(2, { subject });
      const code = await once.issueCode({ subject, data: 1 });
      const theirs = await once.issueCode({ subject: other, data: 3 });
      equal(await once.revokeAll(subject), true, "revokeAll");
      equal(await once.consume(token), null, "the token");
      equal(await once.consumeCode(subject, code), null, "the code");
      equal((await once.consume(plain))?.data, 2, "a token that nothing replaces");
      equal((await once.consumeCode(other, theirs))?.data, 3, "another subject's");
    },
  },
  {
    name: "purposes, prefixes, secrets and sessions are apart",
    async run(context) {
      const once = serviceOf(context);
      const rwt = context.createRwt({ store: context.openStore(), secret, now: context.now });
      const subject = freshSubject();
      const token = await once.issue(1, { subject });
      const code = await once.issueCode({ subject, data: 1 });
      const session = await rwt.sign(1, { subject });
      for (const different of [
        { purpose: "others" },
        { prefix: "another:" },
        { secret: "another secret, which has 32 bytes too" },
      ]) {
        const stranger = serviceOf(context, different);
        equal(await stranger.consume(token), null, "a stranger's consume");
        equal(await stranger.consumeCode(subject, code), null, "a stranger's consumeCode");
      }
      equal(await rwt.verify(token), null, "verify of a one-time token");
      equal(await rwt.verify(`rwt_${token.slice(5)}`), null, "verify with the other prefix");
      equal(await once.consume(session), null, "consume of a session's token");
      equal(await once.consume(`rwto_${session.slice(4)}`), null, "consume with the other prefix");
      equal((await once.consume(token))?.data, 1, "the token itself");
      equal((await once.consumeCode(subject, code))?.data, 1, "the code itself");
      equal((await rwt.verify(session))?.data, 1, "the session itself");
    },
  },
  {
    name: "answers null for whatever isn't a token or a code",
    async run(context) {
      const once = serviceOf(context);
      const subject = freshSubject();
      const token = await once.issue(1);
      const code = await once.issueCode({ subject, data: 1, attempts: 1 });
      const bad = ["", "rwto_", token.slice(1), `${token}A`, ` ${token}`, `${token}\n`, forged(token)];
      for (const text of [...bad, token.toUpperCase(), null, undefined, 42 as never, {} as never]) {
        equal(await once.peek(text), null, "peek");
        equal(await once.consume(text), null, "consume");
      }
      for (const text of [
        "",
        "12345",
        `${code} `,
        "１２３４５６",
        `${code}\n`,
        null,
        undefined,
        123456 as never,
      ])
        equal(await once.consumeCode(subject, text), null, "consumeCode");
      equal((await once.consume(token))?.data, 1, "the token itself");
      equal(
        (await once.consumeCode(subject, code))?.data,
        1,
        "the code itself, for none of these was a guess",
      );
    },
  },
  {
    name: "rejects with the caller's reason when the caller aborts, and changes nothing",
    async run(context) {
      const once = serviceOf(context);
      const subject = freshSubject();
      const token = await once.issue(1);
      const code = await once.issueCode({ subject, data: 1 });
      const reason = new Error("gave up");
      const signal = AbortSignal.abort(reason);
      equal(await rejection(once.issue(1, { signal }), "issue"), reason, "issue");
      equal(await rejection(once.peek(token, { signal }), "peek"), reason, "peek");
      equal(await rejection(once.consume(token, { signal }), "consume"), reason, "consume");
      equal(await rejection(once.issueCode({ subject, data: 1, signal }), "code"), reason, "issueCode");
      equal(await rejection(once.consumeCode(subject, code, { signal }), "code"), reason, "consumeCode");
      equal(await rejection(once.revokeAll(subject, { signal }), "revokeAll"), reason, "revokeAll");
      equal((await once.consume(token))?.data, 1, "the token afterwards");
      equal((await once.consumeCode(subject, code))?.data, 1, "the code afterwards");
    },
  },
];

export const onceCases: readonly OnceCase[] = [...tokenCases, ...onceCodeCases];
