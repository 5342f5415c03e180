import { expect, test } from "vitest";
import { check } from "../../../test/history/check.ts";
import { on, service } from "../../../test/history/configurations.ts";
import { checksOf } from "../checks.ts";
import { startClients } from "../clients.ts";

const MILLISECONDS = Number(process.env.RWT_HISTORY_SECONDS ?? 8) * 1000;

const OPERATIONS = [
  ...(["sign", "verify", "extend", "destroy", "update", "rotate"] as const),
  ...(["list", "destroyById", "destroyAll", "updateAll", "verifyExtendsToken"] as const),
];

const all = await startClients();
const clients = all.filter(({ command, can }) => command !== undefined && can(...OPERATIONS));

/** Services of each client, which slides in every second one, and those that encrypt. */
const bridged = clients.flatMap(({ command = "", name, can }, i) => {
  const plain = service(name, "bridge", { command, sessions: true, slides: i % 2 === 1 });
  const encrypted = service(`${name}, encrypted`, "bridge", { command, sessions: true, encryption: "only" });
  return can("encrypt") ? [plain, encrypted] : [plain];
});

const inTypescript = [
  service("io-sessions", "ioredis", { sessions: true }),
  service("nr-plain", "node-redis", { slides: true }),
  service("up-sessions", "upstash", { sessions: true }),
  service("io-encrypted", "ioredis", { sessions: true, encryption: "only" }),
];

const config = on(
  {
    hosts: [
      { name: "typescript", runtime: "node", services: inTypescript },
      { name: "bridges", runtime: "node", services: bridged },
    ],
  },
  { persons: { plain: 6, encrypted: 2, nobody: 1 }, flows: 16, isInPhp: true },
);

test.skipIf(clients.length > 0)("no client has all operations", (context) => context.skip());

if (clients.length > 0)
  checksOf(...clients)(
    "history",
    OPERATIONS,
    "no answer is wrong while all use the same sessions",
    async () => {
      const { operations, sessions, violations, first } = await check("languages", config, {
        seed: 1,
        milliseconds: MILLISECONDS,
        isQuiet: true,
      });
      expect(violations, JSON.stringify(first, undefined, 1)).toEqual({});
      expect([operations > 100, sessions > 0]).toEqual([true, true]);
    },
  );
