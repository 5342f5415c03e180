/**
 * A bridge of interop/conformance that breaks one promise, so that a test can show that the runner finds it:
 * `node test/doubles/broken-bridge.ts <the lie's name>`.
 */
import { createHmac, hkdfSync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { ioredisStore } from "redis-web-token/ioredis";
import { createAnswerer } from "../../interop/conformance/bridges/answer.ts";
import type { Answer, Question } from "../../interop/conformance/protocol.ts";
import { sealLine } from "../../tools/vectors/sealed.ts";
import { linesOf } from "../support/lines.ts";

type Answerer = (question: Question) => Promise<Answer>;
type Lie = (question: Question, honest: Answerer, redis: Redis) => Promise<Answer>;

const [lie = ""] = process.argv.slice(2);
const resultOf = (answer: Answer): unknown => ("result" in answer ? answer.result : undefined);

/** The token with the tag that it ought to have. */
function withRightTag({ token, service, secrets = service?.secret }: Question): unknown {
  if (typeof token !== "string" || !/^rwt_[\w-]{76}$/.test(token)) return token;
  const [newest = ""] = [secrets as string | string[]].flat();
  const key = Buffer.from(hkdfSync("sha256", newest, "", "rwt/1/token", 32));
  const body = Buffer.from(token.slice(4), "base64url").subarray(0, 41);
  const tag = createHmac("sha256", key).update(body).digest().subarray(0, 16);
  return `rwt_${Buffer.concat([body, tag]).toString("base64url")}`;
}

/** Changes the result of one operation. */
const changing =
  (op: string, change: (result: unknown) => unknown): Lie =>
  async (question, honest) => {
    const answer = await honest(question);
    return question.op === op && "result" in answer ? { result: change(answer.result) } : answer;
  };

/** Does nothing and says that it is done. */
const idle =
  (op: string): Lie =>
  async (question, honest) =>
    question.op === op ? { result: true } : honest(question);

/** Does something else after an operation. What that returns is the answer. */
const afterwards =
  (op: string, then: (redis: Redis, question: Question) => Promise<Answer | undefined>): Lie =>
  async (question, honest, redis) => {
    const answer = await honest(question);
    return (question.op === op && (await then(redis, question))) || answer;
  };

const sessionKeys = (redis: Redis) => redis.keys("*:s:*");

const LIES: Readonly<Record<string, Lie>> = {
  honest: (question, honest) => honest(question),
  "accepts a wrong tag": (question, honest) => honest({ ...question, token: withRightTag(question) }),
  "takes an outage for no session": async (question, honest) => {
    const answer = await honest(question);
    return "error" in answer && answer.error.reason ? { result: null } : answer;
  },
  "asks Redis about every token": async (question, honest, redis) => {
    if (question.token !== undefined) await redis.get("what");
    return honest(question);
  },
  "always restarts the idle timeout": async (question, honest) => {
    if (question.op === "verify") await honest({ ...question, op: "extend" });
    return honest(question);
  },
  "signs for ever": async (question, honest, redis) => {
    const answer = await honest(question);
    if (question.op === "sign") for (const key of await sessionKeys(redis)) await redis.persist(key);
    return answer;
  },
  "loses numbers": changing("verify", (found) =>
    JSON.parse(JSON.stringify(found), (_, value) => (value === 1.5 ? 1 : value)),
  ),
  "knows one secret": ({ service, ...question }, honest) => {
    if (service === undefined) return honest(question);
    const [newest = ""] = [service.secret].flat();
    return honest({ ...question, service: { ...service, secret: newest } });
  },
  "encrypts nothing": ({ service, ...question }, honest) => {
    if (service === undefined) return honest(question);
    const { encrypt, acceptPlain, ...plain } = service;
    return honest({ ...question, service: plain });
  },
  "rotates to another session": async (question, honest) => {
    if (question.op !== "rotate") return honest(question);
    const found = resultOf(await honest({ ...question, op: "verify" })) as { data: unknown } | null;
    if (found === null) return { result: null };
    return honest({ ...question, op: "sign", token: undefined, data: found.data });
  },
  "updates what it read a while ago": async (question, honest) => {
    if (question.op !== "increment") return honest(question);
    const found = resultOf(await honest({ ...question, op: "verify" })) as { data: { n: number } } | null;
    await sleep(20);
    const data = { ...found?.data, n: (found?.data.n ?? 0) + 1 };
    return honest({ ...question, op: "update", data });
  },
  "lists all but one": changing("list", (page) => {
    const { sessions, ...rest } = page as { sessions: unknown[] };
    return { ...rest, sessions: sessions.slice(1) };
  }),
  "drops lines that it doesn't know": async (question, honest, redis) => {
    const answer = await honest(question);
    if (question.op !== "update") return answer;
    for (const key of await sessionKeys(redis)) {
      const lines = (await redis.get(key).catch(() => null))?.split("\n") ?? [];
      await redis.set(key, lines.slice(0, 3).join("\n"), "KEEPTTL");
    }
    return answer;
  },
  "looks at no epoch": async (question, honest, redis) => {
    const answer = await honest(question);
    if (question.op !== "verify" || resultOf(answer) !== null || question.token === "") return answer;
    const secrets = [question.service?.secret ?? ""].flat();
    const opened = resultOf(await honest({ op: "open", secrets, token: question.token }));
    const { sessionKey = "" } = (opened ?? {}) as { sessionKey?: string };
    const [, , data] = (await redis.get(sessionKey).catch(() => null))?.split("\n") ?? [];
    return data === undefined ? answer : { result: { data: JSON.parse(data) } };
  },
  "forgets what it can't do": changing("capabilities", () => ({ name: lie, can: ["verfy"] })),
  ...Object.fromEntries(
    ["extend", "destroy", "update", "destroyById", "destroyAll", "updateAll"].map((op) => [
      `${op} does nothing`,
      idle(op),
    ]),
  ),
  "lets a person end early": afterwards("sign", async (redis) => {
    for (const key of await redis.keys("*:p:*")) await redis.expire(key, 10);
  }),
  "extends by any token": afterwards("extend", async (redis) => {
    for (const key of await sessionKeys(redis)) await redis.expire(key, 50);
    return { result: true };
  }),
  "destroys what isn't in the index": async (question, honest, redis) => {
    if (question.op !== "destroy") return honest(question);
    return { result: (await redis.del(await sessionKeys(redis))) > 0 };
  },
  "looks at a one-time token before it takes it": async (question, honest, redis) => {
    if (question.op === "consume") for (const key of await redis.keys("*:o:*")) await redis.get(key);
    return honest(question);
  },
  "encrypts by the same IV": afterwards("sign", async (redis, { service, data }) => {
    if (service?.encrypt !== true) return undefined;
    const [secret = ""] = [service?.secret ?? ""].flat();
    for (const key of await sessionKeys(redis)) {
      const lines = (await redis.get(key))?.split("\n") ?? [];
      const sealed = sealLine(secret, { key, line: 3, iat: null }, JSON.stringify(data), Buffer.alloc(12));
      await redis.set(key, lines.with(2, sealed).join("\n"), "KEEPTTL");
    }
  }),
  "writes whole numbers as fractions": afterwards("sign", async (redis) => {
    for (const key of await sessionKeys(redis))
      await redis.set(key, (await redis.get(key))?.replace('"id":42', '"id":42.0') ?? "", "KEEPTTL");
  }),
  "tells tokens in its errors": async (question, honest) => {
    const answer = await honest(question);
    if (!("error" in answer)) return answer;
    return { error: { ...answer.error, message: `${answer.error.message}: ${question.token}` } };
  },
  "makes up ids": changing("idOf", () => "A".repeat(22)),
};

const answer = createAnswerer(lie, ({ redis, timeout = 1500 }) => ioredisStore(redis, { timeout }));
const connections = new Map<string, Redis>();

function connectionTo(url: string): Redis {
  const known = connections.get(url) ?? new Redis(url, { commandTimeout: 1500 });
  known.on("error", () => {});
  connections.set(url, known);
  return known;
}

const run = LIES[lie];
if (run === undefined) throw new Error(`no such lie: ${lie}. Choose from ${Object.keys(LIES).join(", ")}`);
for await (const line of linesOf(process.stdin)) {
  const question = JSON.parse(line) as Question;
  // What asks no Redis has no service.
  const redis =
    question.service === undefined ? new Redis({ lazyConnect: true }) : connectionTo(question.service.redis);
  const given = await run(question, answer, redis);
  console.log(JSON.stringify(given));
}
process.exit();
