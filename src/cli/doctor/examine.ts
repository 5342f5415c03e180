import type { TokenStore } from "../../store.ts";
import type { Environment } from "../variables.ts";
import { checkCommands, checkVersion } from "./commands.ts";
import { checkPersistence, checkReplication } from "./durability.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { checkEviction, checkMemory } from "./memory.ts";
import { setUserAdvice } from "./rights.ts";
import { askServer, refusalOf } from "./server.ts";
import { checkClock, checkRoundTrip } from "./speed.ts";
import { checkTransport, tlsCodeOf } from "./transport.ts";
import { checkSecrets } from "./weakness.ts";

const connection = findingsOf("connection");

/** The default of createRwt. */
const DEFAULT_PREFIX = "rwt:";

/** Runs all checks, one after another. It skips those of the server if it doesn't answer. */
export async function* examine(
  store: TokenStore,
  env: Environment,
  prefix: string = DEFAULT_PREFIX,
): AsyncGenerator<Finding> {
  yield* checkSecrets(env);
  const failure = await failureOf(store);
  yield* checkTransport(env, failure);
  if (failure !== undefined) {
    yield connection.problem(`Redis doesn't answer (${refusalOf(failure)})`, adviceFor(failure, prefix, env));
    return;
  }
  yield connection.ok("Redis answers");
  const server = await askServer(store);
  yield checkVersion(server);
  yield await checkCommands(store, env, prefix);
  yield await checkRoundTrip(store);
  yield await checkClock(store);
  yield await checkEviction(server);
  yield await checkMemory(server);
  yield await checkPersistence(server);
  yield checkReplication(server);
}

/** Connects, and returns the error; `undefined` if it worked. */
const failureOf = (store: TokenStore): Promise<unknown> =>
  store.connect().then(
    () => undefined,
    (error: unknown) => error,
  );

function adviceFor(failure: unknown, prefix: string, env: Environment): string {
  if (tlsCodeOf(failure) !== undefined) return "see the check tls";
  if (refusalOf(failure).includes("NOPERM"))
    return `the ACL user lacks a right: ${setUserAdvice(prefix, env)}`;
  return "check the URL, its password, and whether this machine can reach it";
}
