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

/** The stores have their own Redis user, so that the tests can lock it out. */
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

/** What a service does under a fault. */
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

/** A fault. */
export interface Fault {
  readonly name: string;
  /** The stores that can have it. By default all. */
  readonly over?: "TCP" | "HTTP" | undefined;
  /** Breaks one store's connection. `breakAll` breaks what all stores share. */
  readonly break?: (proxy: FaultProxy) => Promise<unknown>;
  readonly mend?: (proxy: FaultProxy, kind: Kind) => Promise<unknown>;
  readonly breakAll?: () => unknown;
  readonly mendAll?: () => unknown;
  /** The operations that are outages under the fault. All others must be answered as usual. By default all operations. */
  readonly hits?: readonly Operation[];
  /** The operations that may be outages under the fault. */
  readonly mayHit?: readonly Operation[];
  /** The reasons that outages may have. A client of the caller's, which waits by its own rules, may also run into the timeout. */
  readonly reasons: readonly StoreFailureReason[];
  /** The store's timeout in milliseconds. Short only if the fault makes calls run into it. */
  readonly timeout?: number;
  /** Whether Redis comes back empty. */
  readonly forgets?: true;
}

export interface Kind {
  readonly name: string;
  readonly protocol: "TCP" | "HTTP";
  readonly isCallers: boolean;
}

/** A service with one of the stores, through its own proxy. */
export interface Subject extends Kind {
  readonly proxy: FaultProxy;
  readonly rwt: Rwt<string>;
  readonly sliding: Rwt<string>;
}

/** Live and dead tokens, and the data of their sessions. */
export interface Tokens {
  readonly live: string;
  readonly doomed: string;
  readonly many: ReadonlyMap<string, string>;
  /** None of these may ever let anyone in. The last two take no command, so that even an outage doesn't affect their answers. */
  readonly bad: Readonly<Record<"destroyed" | "forged" | "past its deadline", string>>;
}

export const dataOf = (name: string): string => `ada.lovelace+${name}@users.example`;
export const subject = "subject-of-ada-lovelace";
/** The timeout if calls are meant to run into it, milliseconds. */
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
        // Close the proxy before the stores, which would wait for what is broken.
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
  // Its session still exists in Redis.
  const pastDeadline = await past.sign(dataOf(`${name}-past`));
  return { live, doomed, many, bad: { destroyed, forged: forged(live), "past its deadline": pastDeadline } };
}
