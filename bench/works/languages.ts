import { join } from "node:path";
import { root } from "../../tools/entries.ts";
import { comparePrograms, type Program } from "../lib/programs.ts";
import type { Bench } from "../lib/section.ts";
import type { Settings } from "../lib/stage.ts";
import { secret } from "../lib/user.ts";

const inPython = (kind: string): Program => ({
  name: `redis-web-token in Python (${kind})`,
  bare: `GET and json.loads, redis-py (${kind}) with a timeout`,
  // Debian's packages are for the system's Python.
  command: ({ url }) => ["/usr/bin/python3", [join(root, "bench/languages/verify.py"), kind, url, secret]],
});

const inPhp = (client: string): Program => ({
  name: `redis-web-token in PHP (${client})`,
  bare: `GET and json_decode, ${client}`,
  // With the opcode cache, as PHP runs on servers.
  command: ({ port }) => [
    "php",
    ["-d", "opcache.enable_cli=1", join(root, "bench/languages/verify.php"), client, String(port), secret],
  ],
});

const LANGUAGES = [inPhp("phpredis"), inPhp("predis"), inPython("sync"), inPython("asyncio")];

/** Compares a verify in PHP and Python with a bare GET of the same client of Redis. */
export const languages = (settings: Settings): Bench => ({
  name: "languages",
  run: () =>
    comparePrograms(LANGUAGES, settings, {
      title: "Verifying live sessions in other languages",
      concurrencies: [1, 16],
      bound: 0.8,
    }),
});
