import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { readRequest } from "../../src/request/carriers.ts";
import { sourceOf } from "../../src/request/incoming.ts";
import { readAuthOptions } from "../../src/request/options.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { php, phpMissing } from "../support/interop.ts";
import { inPhp } from "./clients.ts";

const ROUNDS = 4000;
const secret = "a secret that all languages share, 32 bytes or more";
const rwt = createRwt({ store: memoryStore(), secret });

/** The same numbers in each run (mulberry32), so that a failure can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SCHEMES = [
  "http://",
  "https://",
  "HTTP://",
  "ws://",
  "file://",
  "app://",
  "://",
  "",
  "a+b://",
  "http:/",
];
// Without addresses such as "127.1", which no browser sends: TypeScript completes them, and PHP refuses them.
const HOSTS = [
  ...["a.org", "A.org", "a.org.", "127.0.0.1", "a", "-", "a_b", "a..b", ".", "", "a.1", "256.1.1.1", "1.a"],
  ...["[::1]", "[0:0::1]", "[::ffff:1.2.3.4]", "[", "[::1", "a]"],
  ...["xn--a", "a%2eorg", "a b", "é.org", "a.org\u00a0", "a*b", "a~b", "a@b"],
];
const PORTS = ["", ":80", ":443", ":0", ":080", ":", ":99999", ":65535", ":x", ":8080"];
const TAILS = ["", "", "", "/", "?", "#", "@x", ", http://a.org", " "];
const FETCH_SITES = ["same-origin", "none", "cross-site", "same-site", "", "0", "none "];
const METHODS = ["GET", "POST", "get", "HEAD", "OPTIONS", "DELETE", "CONNECT", "connect"];
const URL_HOSTS = ["http://a.org", "HTTP://127.0.0.1", "https://[::1]", "http://a.org:8080", ""];
const PATHS = ["/", "/callback", "/callback?x", "/callback/", "", "/callback#x", "/%63allback"];
const FROM = [["cookie"], ["bearer", "cookie"], ["cookie", "bearer"], ["header", "cookie", "bearer"]];
const CSRF = [
  ...[{}, false, { origins: ["http://a.org"] }, { paths: ["/callback"] }],
  { origins: ["app://a", "https://a.org:8080", "http://[::1]"] },
];

describe.skipIf(php === undefined)(`what PHP reads of a request${phpMissing}`, () => {
  test(`is what requestAuth reads, in ${ROUNDS} requests by chance`, async () => {
    const ask = inPhp("phpredis").start(1);
    const tokens = [await rwt.sign(1), await rwt.sign(2, { subject: "a" })];
    const random = randomNumbers(20261126);
    const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)] as Item;
    const some = (list: readonly string[], max: number): string =>
      Array.from({ length: Math.floor(random() * (max + 1)) }, () => pick(list)).join("");
    const cookies = [
      ...[
        "__Host-rwt",
        "=",
        ";",
        "; ",
        " ",
        "\t",
        '"',
        ",",
        "a",
        "x=y",
        "\u00a0",
        "\v",
        "\u0085",
        "__host-rwt=",
      ],
      ...["__Host-rwt=", "garbage", "0", ...tokens, ...tokens],
    ];
    const bearers = ["Bearer", "bearer", " ", "  ", "\t", "=", ":", "x", "\u00a0", "~", "0", ...tokens];
    const origin = () =>
      pick([() => "null", () => "", () => pick(SCHEMES) + pick(HOSTS) + pick(PORTS) + pick(TAILS)])();
    const writers: Record<string, () => string> = {
      Origin: origin,
      Host: () => pick(HOSTS) + pick(PORTS),
      "Sec-Fetch-Site": () => pick(FETCH_SITES),
      Cookie: () => some(cookies, 12),
      Authorization: () => some(bearers, 4),
      "X-Access-Token": () => pick(["0", "", "a", ...tokens]),
      Upgrade: () => pick(["websocket", "WebSocket, x", "h2c"]),
    };
    let refused = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const [method, url] = [pick(METHODS), pick(URL_HOSTS) + pick(PATHS)];
      const named = Object.entries(writers).filter(() => random() < 0.5);
      const headers = Object.fromEntries(named.map(([name, write]) => [name, write()]));
      const options = { from: pick(FROM), csrf: pick(CSRF) };
      const settings = readAuthOptions("options", { rwt, ...options } as never);
      const read = await readRequest(rwt, sourceOf({ method, url, headers }), settings);
      const error = read.failure?.error ?? null;
      const given = headers as object;
      expect(
        await ask("carried", method, url, given, options, secret),
        JSON.stringify({ method, url, headers, options }),
      ).toEqual([read.tokens, read.deciding, read.isCookie, error]);
      refused += Number(error === "cross_site");
    }
    // So that chance has tried both.
    expect(refused).toBeGreaterThan(ROUNDS / 20);
    expect(refused).toBeLessThan(ROUNDS / 2);
  });
});
