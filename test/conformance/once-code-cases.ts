import { equal } from "../../src/testing/assert.ts";
import { dataOf, freshSubject, json, type OnceCase, RACERS, serviceOf, wrong } from "./once-context.ts";

export const onceCodeCases: readonly OnceCase[] = [
  {
    name: "of 200 concurrent calls by two services, one consumes a code; wrong ones among them don't",
    async run(context) {
      const services = [serviceOf(context), serviceOf(context)] as const;
      const subject = freshSubject();
      const code = await services[0].issueCode({ subject, data: "won", attempts: 100 });
      const calls = Array.from({ length: RACERS }, (_, i) =>
        services[i % 2 === 0 ? 0 : 1].consumeCode(subject, i % 4 === 0 ? wrong(code) : code),
      );
      equal(json(dataOf(await Promise.all(calls))), json(["won"]), "winners");
    },
  },
  {
    name: "a code takes as many wrong guesses as it allows, and is gone with the last one",
    async run(context) {
      const once = serviceOf(context);
      for (const attempts of [1, 3]) {
        const subject = freshSubject();
        const code = await once.issueCode({ subject, data: "in", attempts });
        equal(/^[0-9]{6}$/.test(code), true, "the code's shape");
        for (let i = 1; i < attempts; i++)
          equal(await once.consumeCode(subject, wrong(code)), null, "a wrong guess");
        const found = await once.consumeCode(subject, code);
        equal(found?.data, "in", "right in time");
        equal(found?.subject, subject, "subject");
        equal(await once.consumeCode(subject, code), null, "a second time");
        const lost = await once.issueCode({ subject, data: "in", attempts });
        for (let i = 0; i < attempts; i++)
          equal(await once.consumeCode(subject, wrong(lost)), null, "a wrong guess");
        equal(await once.consumeCode(subject, lost), null, "right too late");
      }
    },
  },
  {
    name: "concurrent wrong guesses each count",
    async run(context) {
      const once = serviceOf(context);
      const subject = freshSubject();
      const code = await once.issueCode({ subject, data: 1, attempts: 20 });
      await Promise.all(Array.from({ length: 20 }, () => once.consumeCode(subject, wrong(code))));
      equal(await once.consumeCode(subject, code), null, "right after twenty at once");
    },
  },
  {
    name: "a new code replaces the one before and its count of guesses; a code opens nothing for another subject",
    async run(context) {
      const once = serviceOf(context);
      const [subject, other] = [freshSubject(), freshSubject()];
      const first = await once.issueCode({ subject, data: 1, attempts: 2, digits: 12 });
      await once.consumeCode(subject, wrong(first));
      const second = await once.issueCode({ subject, data: 2, attempts: 2, digits: 12 });
      equal(await once.consumeCode(other, second), null, "another subject without a code");
      await once.issueCode({ subject: other, data: 3, digits: 12 });
      equal(await once.consumeCode(other, second), null, "another subject with a code");
      equal(await once.consumeCode(subject, first), null, "the older one");
      equal((await once.consumeCode(subject, second))?.data, 2, "the newer one");
    },
  },
];
