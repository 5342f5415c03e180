import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { StoreUnavailableError } from "../../src/index.ts";
import { expectNoLeak } from "../support/leaks.ts";
import {
  appPassword,
  dataOf,
  type Fault,
  makeTokens,
  OPERATIONS,
  type Operation,
  openSubjects,
  password,
  rest,
  type Subject,
  secret,
  subject,
  type Tokens,
} from "./fixture.ts";

/** Fails if an error contains a token or anything else that is confidential. */
function expectOutage(error: unknown, reasons: readonly string[], { live, doomed, bad }: Tokens): void {
  expect(error).toBeInstanceOf(StoreUnavailableError);
  expect(reasons).toContain((error as StoreUnavailableError).reason);
  const tokens = { live, doomed, ...bad };
  const ends = Object.entries(tokens).map(([name, token]) => [`end of ${name}`, token.slice(-24)]);
  expectNoLeak(error, {
    ...tokens,
    ...Object.fromEntries(ends),
    secret,
    password,
    appPassword,
    "REST token": rest.token,
    payload: "ada.lovelace+",
    subject,
    key: "rwt:{",
  });
}

/** Checks that nobody gets in wrongly or gets another's session. The calls are concurrent, as requests are. */
async function expectNobodyWrong(
  { rwt }: Subject,
  tokens: Tokens,
  reasons: readonly string[],
): Promise<void> {
  const bad = Object.entries(tokens.bad).map(async ([name, token]) => {
    const session = await rwt.verify(token).catch((error: unknown) => {
      expect(name).toBe("destroyed");
      expectOutage(error, reasons, tokens);
      return null;
    });
    expect(session, name).toBeNull();
  });
  const others = [...tokens.many].map(async ([token, data]) => {
    const session = await rwt.verify(token).catch((error: unknown) => {
      expectOutage(error, reasons, tokens);
      return undefined;
    });
    // Never null, since these sessions are live.
    if (session !== undefined) expect(session?.data).toBe(data);
  });
  await Promise.all([...bad, ...others]);
}

function operationsOn(
  { rwt, sliding }: Subject,
  { live, doomed }: Tokens,
): Record<Operation, () => Promise<unknown>> {
  const data = dataOf("new");
  return {
    sign: async () => typeof (await rwt.sign(data)),
    "sign, indexed": async () => typeof (await rwt.sign(data, { subject })),
    slide: async () => (await sliding.verify(live))?.data,
    verify: async () => (await rwt.verify(live))?.data,
    extend: () => rwt.extend(live),
    destroy: () => rwt.destroy(doomed),
    connect: () => rwt.connect(),
  };
}

async function expectHit(subject: Subject, tokens: Tokens, fault: Fault): Promise<void> {
  const { hits = OPERATIONS, mayHit = [] } = fault;
  const mayWait = subject.isCallers || fault.timeout !== undefined;
  const reasons = mayWait ? [...fault.reasons, "timeout"] : fault.reasons;
  const right: Readonly<Record<string, unknown>> = {
    sign: "string",
    "sign, indexed": "string",
    extend: true,
    destroy: true,
  };
  const calls = Object.entries(operationsOn(subject, tokens)).map(async ([name, call]) => {
    const outcome = await call().catch((error: unknown) => ({ error }));
    const label = `${name}: ${JSON.stringify(outcome)}`;
    const isOutage = typeof outcome === "object" && outcome !== null && "error" in outcome;
    if (hits.some((hit) => hit === name) || (isOutage && mayHit.some((hit) => hit === name))) {
      expect(outcome, label).toHaveProperty("error");
      expectOutage((outcome as { error: unknown }).error, reasons, tokens);
    } else if (name === "slide" || name === "verify") {
      expect(outcome, label).toMatch(/-live@/);
    } else {
      expect(outcome, label).toBe(right[name]);
    }
  });
  await Promise.all([...calls, expectNobodyWrong(subject, tokens, reasons)]);
}

/** Retries during outages: with a short timeout, calls on a busy machine can fail even without a fault. */
async function answered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || tries >= 100) throw error;
      await sleep(50);
    }
  }
}

/** Checks that the same service works again by itself, and that ended sessions stay ended. */
async function expectRecovery(subject: Subject, tokens: Tokens, { forgets }: Fault): Promise<void> {
  const { rwt } = subject;
  const read = (token: string) => answered(async () => (await rwt.verify(token))?.data ?? null);
  expect(await read(tokens.live)).toEqual(forgets ? null : expect.stringMatching(/-live@/));
  const others = [...tokens.many].map(async ([token, data]) =>
    expect(await read(token)).toBe(forgets ? null : data),
  );
  const bad = Object.values(tokens.bad).map(async (token) => expect(await read(token)).toBeNull());
  await Promise.all([...others, ...bad]);
  // It is unknown whether it was ended during the fault. From here on it has.
  await answered(() => rwt.destroy(tokens.doomed));
  expect(await read(tokens.doomed)).toBeNull();
  expect(await read(await answered(() => rwt.sign("after", { subject: "another" })))).toBe("after");
}

/** Runs something for all subjects concurrently, and reports for which it failed. */
async function each(
  subjects: readonly Subject[],
  run: (subject: Subject, i: number) => Promise<unknown>,
): Promise<void> {
  const outcomes = await Promise.allSettled(subjects.map(run));
  const failed = outcomes.flatMap((outcome, i) =>
    outcome.status === "rejected"
      ? [`${subjects[i]?.name}: ${outcome.reason?.message ?? outcome.reason}`]
      : [],
  );
  if (failed.length > 0) expect.fail(failed.join("\n"));
}

/**
 * Tests a fault on every store that can have it: nobody is let in wrongly, an outage never looks like an answer, an answer never
 * looks like an outage, no error reveals anything confidential, and the same service recovers. (Vitest itself fails the run on an
 * unhandled rejection.)
 */
export function faultTest(fault: Fault): void {
  test(fault.name, async () => {
    const subjects = await openSubjects(fault);
    const tokens = new Map<Subject, Tokens>();
    const of = (subject: Subject): Tokens => tokens.get(subject) as Tokens;
    await each(subjects, async (subject) => {
      tokens.set(subject, await makeTokens(subject.name.replaceAll(/\W+/g, "-")));
      await expect
        .poll(() => subject.rwt.connect().then(() => "connected", String), { timeout: 20_000 })
        .toBe("connected");
    });
    await fault.breakAll?.();
    try {
      await each(subjects, async ({ proxy }) => fault.break?.(proxy));
      await each(subjects, async (subject) => expectHit(subject, of(subject), fault));
    } finally {
      await fault.mendAll?.();
      await each(subjects, async (subject) => fault.mend?.(subject.proxy, subject));
    }
    await each(subjects, async (subject) => expectRecovery(subject, of(subject), fault));
  }, 60_000);
}
