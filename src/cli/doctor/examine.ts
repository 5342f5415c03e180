import type { TokenStore } from "../../store.ts";
import type { Environment } from "../variables.ts";
import { checkCommands, checkVersion } from "./commands.ts";
import { checkPersistence, checkReplication } from "./durability.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { checkEviction, checkMemory } from "./memory.ts";
import { askServer, refusalOf } from "./server.ts";
import { checkClock, checkRoundTrip } from "./speed.ts";
import { checkTransport } from "./transport.ts";
import { checkSecrets } from "./weakness.ts";

const connection = findingsOf("connection");

/** Every check, one after the other; those of the server only where it answers. */
export async function* examine(
  store: TokenStore,
  env: Environment,
  prefix: string | undefined,
): AsyncGenerator<Finding> {
  yield* checkSecrets(env);
  yield* checkTransport(env);
  try {
    await store.connect();
  } catch (error) {
    yield connection.problem(
      `Redis doesn't answer (${refusalOf(error)})`,
      "look at the URL, its password, and whether this machine may reach it",
    );
    return;
  }
  yield connection.ok("Redis answers");
  const server = await askServer(store);
  yield checkVersion(server);
  yield await checkCommands(store, prefix);
  yield await checkRoundTrip(store);
  yield await checkClock(store);
  yield await checkEviction(server);
  yield await checkMemory(server);
  yield await checkPersistence(server);
  yield checkReplication(server);
}
