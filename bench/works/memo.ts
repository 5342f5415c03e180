import { heapUsed } from "../lib/memory.ts";
import { serviceOver, signerOf, storeOn } from "../lib/ours.ts";
import { atMost, type Bench, withGoal } from "../lib/section.ts";
import { onStage, type Settings, signMany } from "../lib/stage.ts";

/** Characters of a Cookie header, most of which aren't the token. */
const HEADER = 4_000;
const CONCURRENCY = 64;
/** The most bytes per token, so that 100,000 take 40 MB. */
const BOUND = 400;

/** How a request brings its token to `verify`. */
const WAYS: readonly (readonly [name: string, subjects: boolean, bring: (token: string) => string])[] = [
  ["without a subject", false, (token) => token],
  ["with a subject", true, (token) => token],
  ["cut out of a Cookie header of 4,000 characters", false, (token) => `${token}; ${"x".repeat(HEADER)}`],
];

/** Measures how much of this process's memory a memoized token takes. */
export const memo = ({ quick }: Settings): Bench => ({
  name: "memo",
  run: () =>
    onStage([], 0, async ({ redis }) => {
      const tokens = quick ? 20_000 : 100_000;
      const { store, close } = await storeOn("ioredis", redis.url);
      const bytes = new Map<string, number>();
      // The first way is measured twice, since the first time the heap grows for other reasons too.
      for (const [name, subjects, bring] of [...WAYS.slice(0, 1), ...WAYS]) {
        const signed = await signMany({ sign: signerOf(serviceOver(store), subjects) }, tokens);
        const length = signed[0]?.length ?? 0;
        // Outside of the heap, as long as nobody has asked for them.
        const all = Buffer.from(signed.join(""), "latin1");
        signed.length = 0;
        const rwt = serviceOver(store);
        let asked = 0;
        const verifySome = async () => {
          while (asked < tokens) {
            const at = asked++ * length;
            const header = Buffer.from(bring(all.toString("latin1", at, at + length)), "latin1").toString(
              "latin1",
            );
            if ((await rwt.verify(header.slice(0, length))) === null)
              throw new Error("a live session was refused");
          }
        };
        const before = heapUsed();
        await Promise.all(Array.from({ length: CONCURRENCY }, verifySome));
        bytes.set(name, (heapUsed() - before) / tokens);
        // Still memoized: the service must live until its memory is measured.
        await rwt.verify(all.toString("latin1", 0, length));
      }
      await close();
      return {
        tables: [
          {
            title: `Memory of the process per memoized token, of ${tokens.toLocaleString("en")}`,
            columns: [{ name: "" }, { name: "each", unit: "B" }],
            rows: [...bytes],
          },
        ],
        checks: [...bytes].map(([name, each]) =>
          withGoal(
            "memory of the process per memoized token",
            name,
            atMost(`memory of the process per memoized token, ${name}`, BOUND, each, "B"),
          ),
        ),
      };
    }),
});
