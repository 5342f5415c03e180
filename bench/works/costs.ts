import type { Bench, Table } from "../lib/section.ts";
import { IN_HONO } from "../lib/speeds.ts";
import { onStage, type Settings, signMany } from "../lib/stage.ts";
import { type Cost, commandList, costOf, startCountingProxy } from "../lib/wire.ts";
import { peers } from "../peers/index.ts";

/** Upstash Redis, pay as you go, as of 9 November 2026: $0.20 per 100,000 commands. Commands in scripts count too. */
const DOLLARS_PER_COMMAND = 0.2 / 100_000;

const OPERATIONS = ["sign", "verify", "verify, sliding", "forged"] as const;
type Operation = (typeof OPERATIONS)[number];
const TIMES = 50;

/** Counts commands, round trips and bytes of each operation exactly, and computes the price if each command is billed. */
export const costs = (_: Settings): Bench => ({
  name: "costs",
  run: () =>
    onStage([], 0, async ({ redis, admin }) => {
      const proxy = await startCountingProxy(redis.port);
      const found = new Map<string, Map<Operation, Cost>>();
      for (const open of peers) {
        const peer = await open(proxy.url);
        if (peer.kind !== "stateless") found.set(peer.name, await costsOf(peer, { admin, proxy }));
        await peer.close();
      }
      proxy.close();
      found.delete(IN_HONO);
      return {
        tables: [...OPERATIONS.map((operation) => countTable(operation, found)), priceTable(found)],
        checks: [],
      };
    }),
});

async function costsOf(
  peer: Awaited<ReturnType<(typeof peers)[number]>>,
  wire: Parameters<typeof costOf>[0],
): Promise<Map<Operation, Cost>> {
  // Sign first, since a first call does extra work such as loading a script. Verify each credential once, since some libraries
  // write only if a session was last checked in another millisecond.
  const credentials = await signMany(peer, TIMES);
  const each = (work: (credential: string) => Promise<unknown>) =>
    costOf(wire, (i) => work(credentials[i] ?? ""), TIMES);
  const { verify, verifySliding, forge } = peer;
  await verify(credentials[0] ?? "");
  const found = new Map<Operation, Cost>();
  found.set("sign", await each(() => peer.sign()));
  found.set("verify", await each(verify));
  if (verifySliding) found.set("verify, sliding", await each(verifySliding));
  if (forge) found.set("forged", await each((credential) => verify(forge(credential))));
  return found;
}

function countTable(operation: Operation, found: ReadonlyMap<string, ReadonlyMap<Operation, Cost>>): Table {
  const rows = [...found].flatMap(([name, costs]) => {
    const cost = costs.get(operation);
    return cost
      ? [[name, commandList(cost), cost.total, cost.roundTrips, cost.bytesSent, cost.bytesReceived]]
      : [];
  });
  return {
    title: `Each ${operation}`,
    columns: [
      { name: "" },
      { name: "commands" },
      { name: "total", unit: "" },
      { name: "round trips", unit: "" },
      { name: "sent", unit: "B" },
      { name: "received", unit: "B" },
    ],
    rows,
  };
}

function priceTable(found: ReadonlyMap<string, ReadonlyMap<Operation, Cost>>): Table {
  const price = (cost: Cost | undefined) => (cost ? cost.total * 1e6 * DOLLARS_PER_COMMAND : null);
  return {
    title: "The price of a million of each, where each command is billed",
    columns: [{ name: "" }, ...OPERATIONS.map((name) => ({ name, unit: "$" as const }))],
    rows: [...found].map(([name, costs]) => [
      name,
      ...OPERATIONS.map((operation) => price(costs.get(operation))),
    ]),
  };
}
