/** Runs the suites without a test runner, with the package as it is installed. */
import { createRwt, type TokenStore } from "redis-web-token";
import { encryption } from "redis-web-token/encryption";
import { memoryStore } from "redis-web-token/memory";
import { createOnce } from "redis-web-token/once";
import { sessions } from "redis-web-token/sessions";
import { storeContract } from "redis-web-token/testing";
import { upstashStore } from "redis-web-token/upstash";
import { conformance } from "../../conformance/cases.ts";
import { onceCases } from "../../conformance/once-cases.ts";
import { requestCases } from "../../conformance/request-cases.ts";
import { sessionCases } from "../../conformance/session-cases.ts";
import { createTimeMachine, restSender } from "../../conformance/time-machine.ts";

/** Vercel's has only Web Crypto, which uses a thread pool: tokens that aren't memoized yet get ready one by one. */
const hashesInOneTick = !("EdgeRuntime" in globalThis);

/** A Redis over the Upstash protocol that nothing else uses. */
export interface RestTarget {
  readonly url: string;
  readonly token: string;
}

/** The results of the suites on one store. */
export interface SuiteResult {
  readonly store: string;
  readonly passed: number;
  readonly total: number;
  readonly failures: readonly string[];
}

/** The stores that every runtime has. */
export function storesOfEveryRuntime(target: RestTarget): Record<string, (now: () => number) => TokenStore> {
  let memory: TokenStore | undefined;
  return {
    memory: (now) => {
      memory ??= memoryStore({ now });
      return memory;
    },
    HTTP: () => upstashStore(target),
  };
}

export async function runSuites(
  name: string,
  open: (now: () => number) => TokenStore,
  { url, token }: RestTarget,
): Promise<SuiteResult> {
  const time = createTimeMachine(restSender(url, token));
  const opened: TokenStore[] = [];
  function store(): TokenStore {
    const made = open(time.now);
    opened.push(made);
    return made;
  }
  const cases = [
    ...storeContract({ advance: time.advance }).map(({ name, run }) => ({ name, run: () => run(store()) })),
    ...conformance.map(({ name, run }) => ({
      name,
      run: () => run({ createRwt, openStore: store, ...time }),
    })),
    ...sessionCases.map(({ name, run }) => ({
      name,
      run: () => run({ createRwt, sessions, encryption, openStore: store, ...time }),
    })),
    ...onceCases.map(({ name, run }) => ({
      name,
      run: () => run({ createRwt, createOnce, openStore: store, ...time }),
    })),
    ...(name === "HTTP" && hashesInOneTick ? requestCases : []).map(({ name, run }) => ({
      name,
      run: () => run({ createRwt, upstashStore, target: { url, token } }),
    })),
  ];
  const failures: string[] = [];
  for (const { name: sentence, run } of cases) {
    try {
      await run();
    } catch (error) {
      failures.push(`${sentence}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await Promise.all(opened.splice(0).map((store) => store.disconnect()));
  }
  return { store: name, passed: cases.length - failures.length, total: cases.length, failures };
}
