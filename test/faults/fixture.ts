import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createRwt, type Rwt, type StoreFailureReason, StoreUnavailableError } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { type FaultProxy, faultProxy } from "../support/fault-proxy.ts";
import { forged } from "../support/forged.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const password = "P4ssw0rd-of-the-redis-server";
export const appPassword = "P4ssw0rd-of-the-app-s-user";
const secret = "S3CRET-that-no-error-may-show-anywhere";

/** The stores' user is not the tests' own, so that it can be shut out. */
export const redis = await ownRedis({
  args: ["--enable-debug-command", "yes", "--enable-protected-configs", "yes"],
  password,
  config: [`user app on >${appPassword} ~* &* +@all`],
});
const asApp = (port: number): string => `redis://app:${appPassword}@127.0.0.1:${port}`;
export const rest = await ownRest({ ...redis, url: asApp(redis.port) });
export const admin = new Redis(redis.url, { retryStrategy: () => 50 });
admin.on("error", () => {});
const healthyStore = ioredisStore(redis.url, { timeout: 20_000 });
atEnd(async () => {
  admin.disconnect();
  await healthyStore.disconnect();
});

/** What a service is asked to do under a fault. */
export const OPERATIONS = [
  "sign",
  "sign, indexed",
  "slide",
  "verify",
  "extend",
  "destroy",
  "connect",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One thing that goes wrong. */
export interface Fault {
  readonly name: string;
  /** Which stores can have it. */
  readonly over?: "TCP" | "HTTP" | undefined;
  /** Breaks it for a store; what is broken for all at once is in `breakAll`. */
  readonly break?: (proxy: FaultProxy) => Promise<unknown>;
  readonly mend?: (proxy: FaultProxy, kind: Kind) => Promise<unknown>;
  readonly breakAll?: () => unknown;
  readonly mendAll?: () => unknown;
  /** The operations that are outages under it; the others must be answered as ever. All, where it doesn't say. */
  readonly hits?: readonly Operation[];
  /** What an outage may be told as. A caller's own client, which waits by its own rules, may run out of time too. */
  readonly reasons: readonly StoreFailureReason[];
  /** The store's time-out, milliseconds: short only where time shall run out. */
  readonly timeout?: number;
  /** Whether Redis comes back empty. */
  readonly forgets?: true;
}

export interface Kind {
  readonly name: string;
  readonly protocol: "TCP" | "HTTP";
  readonly isCallers: boolean;
}

/** A service over one of the ways to reach Redis, through a proxy of its own. */
interface Subject extends Kind {
  readonly proxy: FaultProxy;
  readonly rwt: Rwt<string>;
  readonly sliding: Rwt<string>;
}

/** Tokens of each fate, and what their sessions hold. */
interface Tokens {
  readonly live: string;
  readonly doomed: string;
  readonly many: ReadonlyMap<string, string>;
  /** None of these may ever let anyone in. The last two cost no command, so they are told even in an outage. */
  readonly bad: Readonly<Record<"destroyed" | "forged" | "past its deadline", string>>;
}

const dataOf = (name: string): string => `ada.lovelace+${name}@users.example`;
const subject = "subject-of-ada-lovelace";
const QUICK = 500;
const PATIENT = 20_000;

async function openSubjects({ over, timeout = PATIENT }: Fault): Promise<Subject[]> {
  const names = storeKinds({ url: "" }, { url: "http://-", token: "-" }).map(({ name }) => name);
  const kinds = names.map((name): Kind => {
    return {
      name,
      protocol: name.startsWith("upstash") ? "HTTP" : "TCP",
      isCallers: name.includes("caller"),
    };
  });
  return Promise.all(
    kinds
      .filter(({ protocol }) => over === undefined || over === protocol)
      .map(async (kind) => {
        const proxy = await faultProxy(kind.protocol === "TCP" ? redis.port : Number(new URL(rest.url).port));
        const through = { url: `http://127.0.0.1:${proxy.port}`, token: rest.token };
        const made = storeKinds({ url: asApp(proxy.port) }, through);
        // Before the stores' own ends, which would wait for what is broken.
        atEnd(() => proxy[Symbol.asyncDispose]());
        const store = made.find(({ name }) => name === kind.name)?.open({ timeout });
        if (store === undefined) throw new Error(`no store is called ${kind.name}`);
        const rwt = createRwt<string>({ store, secret });
        return {
          ...kind,
          proxy,
          rwt,
          sliding: createRwt<string>({ store, secret, verifyExtendsToken: true }),
        };
      }),
  );
}

async function makeTokens(name: string): Promise<Tokens> {
  const healthy = createRwt<string>({ store: healthyStore, secret });
  const hourAgo = () => Date.now() / 1000 - 3600;
  const past = createRwt<string>({ store: healthyStore, secret, maxLifetime: 60, now: hourAgo });
  const sign = (what: string) => healthy.sign(dataOf(`${name}-${what}`), { subject });
  const [live, doomed, destroyed] = await Promise.all([sign("live"), sign("doomed"), sign("destroyed")]);
  await healthy.destroy(destroyed);
  const one = async (_: unknown, i: number) => [await sign(String(i)), dataOf(`${name}-${i}`)] as const;
  const many = new Map(await Promise.all(Array.from({ length: 10 }, one)));
  // Its session is still in Redis.
  const pastDeadline = await past.sign(dataOf(`${name}-past`));
  return { live, doomed, many, bad: { destroyed, forged: forged(live), "past its deadline": pastDeadline } };
}

/** Fails where a token, or anything else that is nobody's business, shows in an error. */
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

/** Nobody gets in who shouldn't, and nobody gets another's session. Told at once, as requests come. */
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
    // Never null: these live.
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
  const { hits = OPERATIONS } = fault;
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
    if (hits.some((hit) => hit === name)) {
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

/** The same service works again by itself, and what was ended stays ended. */
async function expectRecovery(subject: Subject, tokens: Tokens, { forgets }: Fault): Promise<void> {
  const { rwt } = subject;
  const answer = () =>
    rwt.verify(tokens.live).then(
      (session) => session?.data ?? null,
      () => undefined,
    );
  const expected = forgets ? null : expect.stringMatching(/-live@/);
  await expect.poll(answer, { timeout: 20_000, interval: 25 }).toEqual(expected);
  if (!forgets) await expectNobodyWrong(subject, tokens, []);
  // Whether it was ended under the fault can't be known; from here on it is.
  expect([true, false]).toContain(await rwt.destroy(tokens.doomed));
  expect(await rwt.verify(tokens.doomed)).toBeNull();
  expect((await rwt.verify(await rwt.sign("after", { subject: "another" })))?.data).toBe("after");
}

/** Runs something for each subject at once, and says for which it failed. */
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
 * Shows of a fault, on every store that can have it: nobody is let in who shouldn't be; no outage reads as an answer, nor
 * an answer as an outage; no error tells what it mustn't; the same service recovers. (Vitest itself fails the run on a
 * rejection that nobody handles.)
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

export { QUICK };
