import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bridge, launchBridge } from "../../test/support/launch-bridge.ts";
import { root } from "../../tools/entries.ts";
import { startRedisServer } from "../../tools/redis-server.ts";
import { openIoredis } from "../lib/clients.ts";
import { serviceOver, signerOf, storeOn } from "../lib/ours.ts";
import { atLeast, type Bench } from "../lib/section.ts";
import { ratio, type Speeds, speedTable } from "../lib/speeds.ts";
import { type Settings, signMany } from "../lib/stage.ts";
import { secret, user } from "../lib/user.ts";

const CONCURRENCIES = [1, 16];
/** The least share of the bare client's speed. */
const BOUND = 0.8;

/** A client in another language. */
interface Language {
  readonly name: string;
  /** How the table names the client of Redis alone. */
  readonly bare: string;
  readonly command: (redis: { readonly url: string; readonly port: number }) => [string, readonly string[]];
  /** Whether concurrent calls are processes, for a language that does one thing at a time. */
  readonly hasProcesses: boolean;
}

const inPython = (kind: string): Language => ({
  name: `redis-web-token in Python (${kind})`,
  bare: `GET and json.loads, redis-py (${kind})`,
  // Debian's packages are for the system's Python.
  command: ({ url }) => ["/usr/bin/python3", [join(root, "bench/languages/verify.py"), kind, url, secret]],
  hasProcesses: false,
});

const inPhp = (client: string): Language => ({
  name: `redis-web-token in PHP (${client})`,
  bare: `GET and json_decode, ${client}`,
  command: ({ port }) => ["php", [join(root, "bench/languages/verify.php"), client, String(port), secret]],
  hasProcesses: true,
});

const LANGUAGES = [inPhp("phpredis"), inPhp("predis"), inPython("sync"), inPython("asyncio")];

/** Compares a verify in PHP and Python with a bare GET of the same client of Redis. */
export const languages = (settings: Settings): Bench => ({
  name: "languages",
  async run() {
    await using ends = new AsyncDisposableStack();
    const redis = await startRedisServer();
    ends.defer(() => redis.stop());
    const admin = await openIoredis(redis.url);
    ends.defer(() => admin.disconnect());
    const { store, close } = await storeOn("ioredis", redis.url);
    ends.defer(async () => void (await close()));
    const tokens = await signMany({ sign: signerOf(serviceOver(store), false) }, settings.sessions);
    const keys = tokens.map((_, i) => String(i).padStart(32, "k"));
    await Promise.all(keys.map((key) => admin.set(key, JSON.stringify(user))));

    const most = Math.max(...CONCURRENCIES);
    const speeds = new Map<string, Map<number, number[]>>();
    for (const language of LANGUAGES) {
      const [command, args] = language.command(redis);
      const programs = Array.from({ length: language.hasProcesses ? most : 1 }, (): Bridge => {
        const [bridge, end] = launchBridge(command, args);
        ends.defer(end);
        return bridge;
      });
      await Promise.all(programs.map((program) => program({ keys, tokens })));
      const turns = [
        [language.bare, "get"],
        [language.name, "verify"],
      ] as const;
      for (const [name] of turns) speeds.set(name, new Map(CONCURRENCIES.map((c) => [c, []])));
      for (const concurrency of CONCURRENCIES)
        for (let round = 0; round <= settings.rounds; round++)
          for (const [name, work] of turns) {
            if (settings.restMs > 0) await sleep(settings.restMs);
            const asked = language.hasProcesses ? programs.slice(0, concurrency) : programs;
            const question = { work, concurrency, ms: settings.roundMs };
            const each = await Promise.all(asked.map((program) => program(question)));
            // The first round is a warm-up.
            if (round > 0)
              speeds
                .get(name)
                ?.get(concurrency)
                ?.push(each.reduce((sum: number, one) => sum + Number(one), 0));
          }
    }
    return tableOf(speeds);
  },
});

function tableOf(speeds: Speeds) {
  const floorOf = (name: string) => LANGUAGES.find((each) => each.name === name)?.bare ?? name;
  return {
    tables: [speedTable("Verifying live sessions in other languages", speeds, floorOf, CONCURRENCIES)],
    checks: LANGUAGES.flatMap(({ name, bare }) =>
      CONCURRENCIES.map((c) =>
        atLeast(
          `verify by ${name}, ${c} concurrent, compared with ${bare}`,
          BOUND,
          ratio(speeds, name, bare, c),
        ),
      ),
    ),
  };
}
