import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type OutgoingHttpHeaders } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { createRwt, type Rwt, type Session, StoreUnavailableError } from "../../src/index.ts";
import { isObject } from "../../src/lib/json.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import { expectThat, outcomeOf, type Target } from "./target.ts";
import { type Verdict, verdictOn } from "./verdict.ts";

interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

const NOW = 1_900_000_000;
const DATA = { id: "42" };
/** The calls with "two" are concurrent, so that they share one command or request. */
const CALLS = ["verify", "slide", "verify two", "slide two", "extend", "destroy", "sign", "connect"] as const;

/** Replies over HTTP: no wrong reply may count as a session, or as a statement that there is none. */
export async function replyTarget(): Promise<Target> {
  const bodies: readonly string[] = JSON.parse(
    readFileSync(new URL("corpus/replies.json", import.meta.url), "utf8"),
  );
  let reply: Reply = { status: 200, headers: {}, body: '{"result":"OK"}' };
  /** The requests of the current execution. */
  let asked: string[] = [];
  const server = createServer(async (request, response) => {
    let command = "";
    for await (const part of request) command += part;
    asked.push(command);
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;

  const store = upstashStore({ url: `http://127.0.0.1:${port}`, token: "t" }, { timeout: 10_000 });
  const options = { store, secret: "a secret of the fuzzer, of 32 bytes or more", now: () => NOW };
  const rwt = createRwt<typeof DATA>(options);
  const sliding = createRwt<typeof DATA>({ ...options, verifyExtendsToken: true });
  const token = await rwt.sign(DATA);
  const other = await rwt.sign(DATA);
  const bothOf = (service: Rwt) => Promise.allSettled([service.verify(token), service.verify(other)]);
  const value = String(JSON.parse(asked[0] ?? "")[2]);
  const deadline = NOW + rwt.maxLifetime;
  const right = JSON.stringify({ result: value });
  const words = [...bodies, right, value, JSON.stringify(value), '"result":', '"error":', "1", "0", "null"];
  const bases = [...bodies, ...Array<string>(8).fill(right)];
  const answers = { session: 0, none: 0, outage: 0 };

  const anyBody = (random: Random): string => mutate(random.pick(bases), random, words);
  /** Valid JSON around a mutated value, so that errors appear further inside. */
  function aroundValue(random: Random): string {
    const one = () => random.pick([mutate(value, random, words), value, null]);
    return JSON.stringify(
      random.pick([
        { result: one() },
        { result: [one(), one()] },
        { result: [one(), one(), one()].slice(random.below(3)) },
        [{ result: 1 }, { result: 1 }, { result: [one(), one()] }],
        [{ result: 1 }, { result: [one(), one()] }],
        [{ result: 1 }, { error: "ERR internal" }, { result: [one(), one()] }],
      ]),
    );
  }

  async function execute(random: Random): Promise<void> {
    const body = random.pick([anyBody, aroundValue])(random);
    reply = {
      status: random.below(4) > 0 ? 200 : random.pick([201, 204, 400, 401, 404, 429, 500, 502, 503]),
      headers: {
        "content-type": random.pick(["application/json", "text/html", "application/octet-stream"]),
        ...(random.below(4) === 0 && {
          "upstash-sync-token": mutate("token", random, words).replace(/[^\x20-\xff]/g, ""),
        }),
        ...(random.below(4) === 0 && { "upstash-encoding": "base64" }),
      },
      body,
    };
    const input = reply;
    asked = [];
    const call = random.pick(CALLS);
    const outcome = await outcomeOf(
      (): Promise<unknown> => {
        if (call === "verify") return rwt.verify(token);
        if (call === "slide") return sliding.verify(token);
        if (call === "verify two") return bothOf(rwt);
        if (call === "slide two") return bothOf(sliding);
        if (call === "sign") return rwt.sign(DATA);
        return call === "connect" ? rwt.connect() : rwt[call](token);
      },
      (error) => error instanceof StoreUnavailableError,
      { call, ...input },
    );
    // What the body says, unless the status forbids it. Lone surrogates become U+FFFD on the way.
    const parsed =
      reply.status < 300 && reply.status !== 204 ? jsonIn(Buffer.from(body).toString()) : undefined;
    const told = { call, input };
    if ("result" in outcome && (call === "verify two" || call === "slide two")) {
      const settled = outcome.result as readonly PromiseSettledResult<Session | null>[];
      for (const [i, one] of settled.entries()) {
        const isOwn = one.status === "fulfilled" || one.reason instanceof StoreUnavailableError;
        expectThat(isOwn, "no error but the library's own", told);
        const result = one.status === "fulfilled" ? { result: one.value } : { error: one.reason };
        judge("verify", toOneOfTwo(parsed, i, readOf(asked)), result, told);
      }
    } else judge(call, resultOf(parsed), outcome, told);
  }

  /** For an older generation the service calls a script, and gets this same reply again, which isn't a script's. */
  function verdictFor(said: string | null): Verdict {
    const verdict = verdictOn({ session: said, person: null, hasPerson: false, generation: 0 });
    return verdict.is === "older" ? NO_ANSWER : verdict;
  }

  function judge(call: string, said: unknown, outcome: Outcome, told: unknown): void {
    if ("error" in outcome) {
      answers.outage++;
      expectThat(!isPlainAnswer(call, said), "an answer that makes sense is taken", told);
      return;
    }
    const { result } = outcome;
    if (call === "verify" || call === "slide") {
      const truth = said === null || typeof said === "string" ? verdictFor(said) : NO_ANSWER;
      const found = result === null ? "none" : "session";
      expectThat(truth.is === found, `the reply says: ${truth.is}`, told);
      answers[found]++;
      if (result === null || truth.is !== "session") return;
      const session = result as Session;
      expectThat(session.deadline === deadline, "a session's deadline is its token's", told);
      const same = isDeepStrictEqual([session.data, session.issuedAt], [truth.data, truth.iat]);
      expectThat(same, "data and time are the reply's", told);
    } else if (call === "sign") {
      expectThat(said === "OK", "no token but for a session that was written", told);
    } else if (call === "connect") {
      expectThat(typeof said === "string", "connected only where a text came", told);
    } else {
      expectThat(`${said}` === (result ? "1" : "0"), "true for 1, false for 0, an outage for all else", told);
    }
  }

  return {
    name: "replies",
    share: 0.01,
    execute,
    note: () =>
      Object.entries(answers)
        .map(([name, count]) => `${count} × ${name}`)
        .join(", "),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The reply in a body. `undefined` if there is none, or if there is an error as well. */
const resultOf = (body: unknown): unknown => (isObject(body) && !body.error ? body.result : undefined);

/** The request that read the values. A script about the generation may follow it. */
const readOf = (asked: readonly string[]): string =>
  asked.findLast((command) => /^\["M?GET|^\[\[/.test(command)) ?? "";

/** The part of a body that belongs to one of two reads, which were sent together, or separately after a refusal. */
function toOneOfTwo(body: unknown, i: number, asked: string): unknown {
  if (asked.startsWith('["GET')) return resultOf(body);
  const isPipeline = asked.startsWith("[[");
  if (
    isPipeline &&
    (!Array.isArray(body) || body.length !== 3 || body.some((each) => !isObject(each) || each.error))
  )
    return undefined;
  const values = resultOf(isPipeline ? (body as unknown[]).at(-1) : body);
  return Array.isArray(values) && values.length === 2 ? values[i] : undefined;
}

const NO_ANSWER = { is: "no answer" } as const;

function isPlainAnswer(call: string, said: unknown): boolean {
  if (call === "sign") return said === "OK";
  if (call === "extend" || call === "destroy") return said === 0 || said === 1;
  return said === null && call !== "connect";
}
