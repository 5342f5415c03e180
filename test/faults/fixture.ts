import { Redis } from "ioredis";
import { createRwt, type Rwt, type StoreFailureReason } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { type FaultProxy, faultProxy } from "../doubles/fault-proxy.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

export const password = "P4ssw0rd-of-the-redis-server";
export const appPassword = "P4ssw0rd-of-the-app-s-user";
export const secret = "S3CRET-that-no-error-may-show-anywhere";

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
  /** The operations that may be outages under it, or be answered. */
  readonly mayHit?: readonly Operation[];
  /** What an outage may be told as. A caller's own client, which waits by its own rules, may run out of time too. */
  readonly reasons: readonly StoreFailureReason[];
  /** The store's timeout, milliseconds: short only where time shall run out. */
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
export interface Subject extends Kind {
  readonly proxy: FaultProxy;
  readonly rwt: Rwt<string>;
  readonly sliding: Rwt<string>;
}

/** Tokens of each fate, and what their sessions hold. */
export interface Tokens {
  readonly live: string;
  readonly doomed: string;
  readonly many: ReadonlyMap<string, string>;
  /** None of these may ever let anyone in. The last two cost no command, so they are told even in an outage. */
  readonly bad: Readonly<Record<"destroyed" | "forged" | "past its deadline", string>>;
}

export const dataOf = (name: string): string => `ada.lovelace+${name}@users.example`;
export const subject = "subject-of-ada-lovelace";
/** A timeout for where time shall run out, milliseconds. */
export const QUICK = 500;
const PATIENT = 20_000;

export async function openSubjects({ over, timeout = PATIENT }: Fault): Promise<Subject[]> {
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

export async function makeTokens(name: string): Promise<Tokens> {
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
