import { describe, expect, type TestContext, test } from "vitest";
import type { Client } from "./client.ts";
import { FEATURES, type Feature, type Tested } from "./features.ts";
import type { Capability } from "./protocol.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Which cells of the table a test decides. */
    conformance?: Tested;
  }
}

/** Adds a test of a feature. It is skipped if a client lacks the feature's own capabilities or those in `needs`. */
export type Check = (
  feature: Feature,
  needs: readonly Capability[],
  name: string,
  body: (context: TestContext) => Promise<void>,
) => void;

/** Tests that decide about these clients. */
export const checksOf =
  (...clients: readonly Client[]): Check =>
  (feature, needs, name, body) => {
    const all = ["verify" as const, ...FEATURES[feature].needs, ...needs];
    const isThere = clients.every((client) => client.can(...all));
    const conformance = { clients: clients.map((client) => client.name), feature };
    test.skipIf(!isThere)(`${feature}: ${name}`, { meta: { conformance } }, body);
  };

/** A suite for each client. Its name says why it is skipped, if it is. */
export function describeClients(
  title: string,
  clients: readonly Client[],
  suite: (client: Client, check: Check) => void,
): void {
  for (const client of clients)
    describe(`${title}: ${client.name}${client.missing ?? ""}`, () => suite(client, checksOf(client)));
}

const UNAVAILABLE = "ERR_RWT_STORE_UNAVAILABLE";

/** The answer, or the code of the error. */
export const outcomeOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.catch(({ code, message }: { code?: string; message: string }) => code ?? message);

/** Expects an outage. A failure shows what was asked and what the client answered instead, since Vitest's `rejects` shows neither. */
export async function expectOutage(answer: Promise<unknown>, what: string): Promise<void> {
  expect(await outcomeOf(answer), `${what} must be ${UNAVAILABLE}`).toBe(UNAVAILABLE);
}
