/**
 * Puts services under load while Redis, and the network in front of it, fail at random. No answer may be wrong.
 * `npm run soak -- --minutes=10`
 */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { createRwt, type Rwt, StoreUnavailableError, type TokenStore } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { nodeRedisStore } from "redis-web-token/node-redis";
import { upstashStore } from "redis-web-token/upstash";
import { type FaultProxy, faultProxy, type ProxyFault } from "../test/doubles/fault-proxy.ts";
import { startRestServer } from "../test/doubles/rest-server/server.ts";
import { forged } from "../test/support/forged.ts";
import { startRedisServer } from "../tools/redis-server.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new RangeError("--minutes must be a number above 0");

const ENOUGH = 1_000_000;
const SESSIONS = 500;
const TIMEOUT = 200;
const secret = "a secret of the benchmark, 32 bytes or more";

const redis = await startRedisServer();
const rest = await startRestServer({ redisUrl: redis.url });
const admin = new Redis(redis.url);

/** What is known about a session. After a `destroy` without an answer it may be live or dead. */
interface Truth {
  readonly token: string;
  readonly data: string;
  state: "live" | "dead" | "unknown";
}

const counts = { verifies: 0, right: 0, wrong: 0, outages: new Map<string, number>() };
const sessions: Truth[] = [];
let signed = 0;
let isOver = false;

async function asked<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    counts.outages.set(error.reason, (counts.outages.get(error.reason) ?? 0) + 1);
    return undefined;
  }
}

function judge(what: string, isRight: boolean): void {
  if (isRight) counts.right++;
  else {
    counts.wrong++;
    console.error(`WRONG: ${what}`);
  }
}

async function verify(rwt: Rwt<string>, session: Truth): Promise<void> {
  const before = session.state;
  counts.verifies++;
  const found = await asked(rwt.verify(session.token));
  if (found === undefined) return;
  const isOwn = found === null || found.data === session.data;
  // If the state changed meanwhile, either answer is right.
  const isState =
    before === "unknown" || session.state !== before || (found === null) === (session.state === "dead");
  judge(`${session.state}, ${found === null ? "null" : "a session"}, own: ${isOwn}`, isOwn && isState);
}

async function verifyForged(rwt: Rwt<string>, { token }: Truth): Promise<void> {
  counts.verifies++;
  // A forged token is rejected without a command, so it must be rejected during an outage too.
  judge("a forged token", (await asked(rwt.verify(forged(token)))) === null);
}

async function destroy(rwt: Rwt<string>, session: Truth): Promise<void> {
  if (session.state !== "live") return;
  session.state = "unknown";
  const ended = await asked(rwt.destroy(session.token));
  if (ended === undefined) return;
  judge("destroy of a live session", ended);
  session.state = "dead";
}

async function sign(rwt: Rwt<string>): Promise<void> {
  const data = `data of session ${signed++}`;
  const token = await asked(rwt.sign(data, { subject: `subject ${signed % 50}` }));
  if (token === undefined) return;
  const session: Truth = { token, data, state: "live" };
  if (sessions.length < SESSIONS) sessions.push(session);
  else sessions[randomInt(SESSIONS)] = session;
}

async function work(rwt: Rwt<string>): Promise<void> {
  while (!isOver) {
    const session = sessions.length > 0 ? sessions[randomInt(sessions.length)] : undefined;
    const dice = randomInt(100);
    if (session === undefined || dice < 2) await sign(rwt);
    else if (dice < 3) await destroy(rwt, session);
    else if (dice < 10) await verifyForged(rwt, session);
    else await verify(rwt, session);
    // Work without commands must not starve the event loop, since the faults need it.
    if (dice < 20) await new Promise(setImmediate);
  }
}

const BETWEEN: readonly (readonly [string, ProxyFault])[] = [
  ["refused", { refuses: true }],
  ["hung up", { hangsUp: true }],
  ["reset at the request", { resetsAtRequest: true }],
  ["reset at the reply", { resetsAtReply: true }],
  ["reset in the reply", { resetsInReply: true }],
  ["silence in the reply", { stallsInReply: true }],
  ["swallowed", { swallows: true }],
  ["late", { delays: 2 * TIMEOUT }],
  ["slow", { delays: 30 }],
  ["bytes that mean nothing", { answers: { to: /\r\n(GET|GETEX|MGET)\r\n/i, with: "?what\r\n" } }],
];

type Pair = readonly [begin: () => unknown, end: () => unknown];
const WITHIN: Readonly<Record<string, Pair>> = {
  frozen: [() => redis.freeze(), () => redis.thaw()],
  READONLY: [() => admin.replicaof("127.0.0.1", "1"), () => admin.replicaof("NO", "ONE")],
  OOM: [() => admin.config("SET", "maxmemory", "1"), () => admin.config("SET", "maxmemory", "0")],
  "scripts flushed": [() => admin.script("FLUSH"), () => {}],
  "connections killed": [() => admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"), () => {}],
};
const faults = new Map<string, number>();
const note = (name: string): void => void faults.set(name, (faults.get(name) ?? 0) + 1);

async function breakBetween(proxy: FaultProxy): Promise<void> {
  while (!isOver) {
    await sleep(randomInt(500, 2000));
    const [name, fault] = BETWEEN[randomInt(BETWEEN.length)] ?? ["", {}];
    note(name);
    await proxy.break(fault);
    await sleep(randomInt(100, 500));
    await proxy.mend("stay");
  }
}

async function breakWithin(): Promise<void> {
  const names = Object.keys(WITHIN);
  while (!isOver) {
    await sleep(randomInt(1000, 4000));
    const name = names[randomInt(names.length)] ?? "";
    const [begin, end] = WITHIN[name] ?? [() => {}, () => {}];
    note(name);
    await begin();
    await sleep(randomInt(100, 700));
    await end();
  }
}

const ports = [redis.port, redis.port, Number(new URL(rest.url).port)] as const;
const proxies = await Promise.all(ports.map((port) => faultProxy(port)));
const [first, second, third] = proxies.map(({ port }) => port);
const stores: readonly (readonly [TokenStore, workers: number])[] = [
  [ioredisStore(`redis://127.0.0.1:${first}`, { timeout: TIMEOUT }), 128],
  [nodeRedisStore(`redis://127.0.0.1:${second}`, { timeout: TIMEOUT }), 128],
  [upstashStore({ url: `http://127.0.0.1:${third}`, token: rest.token }, { timeout: TIMEOUT }), 16],
];

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);
const say = (): void => {
  const { verifies, right, wrong, outages } = counts;
  const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${Math.round(performance.now() / 1000)} s: ${verifies.toLocaleString("en")} verifies; of all answers ${right.toLocaleString("en")} right, ` +
      `${wrong} wrong; ${sum(outages.values()).toLocaleString("en")} outages under ${sum(faults.values())} faults; ` +
      `${megabytes} MB, ${process.getActiveResourcesInfo().length} handles`,
  );
};

const reports = setInterval(say, 30_000);
const workers = stores.flatMap(([store, count], i) => {
  const rwt = createRwt<string>({ store, secret, verifyExtendsToken: i % 2 === 0 });
  return Array.from({ length: count }, () => work(rwt));
});
const breakers = [...proxies.map(breakBetween), breakWithin()];
await sleep(minutes * 60_000);
isOver = true;
await Promise.all([...workers, ...breakers]);
clearInterval(reports);

// All faults are over: from now on every answer must be definite.
const before = sum(counts.outages.values());
for (const [store] of stores) {
  const rwt = createRwt<string>({ store, secret });
  for (let tries = 0; (await asked(rwt.connect().then(() => true))) !== true && tries < 50; tries++)
    await sleep(100);
  for (const session of sessions) await verify(rwt, session);
  await store.disconnect();
}
say();
console.log("outages:", Object.fromEntries(counts.outages), "faults:", Object.fromEntries(faults));
console.log(`after the faults: ${sum(counts.outages.values()) - before} outages`);
for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
await rest.close();
admin.disconnect();
await redis.stop();
if (counts.verifies < ENOUGH)
  console.log(`fewer than ${ENOUGH.toLocaleString("en")} verifies: run it longer, with --minutes`);
if (counts.wrong > 0) process.exitCode = 1;
