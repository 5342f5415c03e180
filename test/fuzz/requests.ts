import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { readTokens } from "../../src/request/carriers.ts";
import { requestAuth } from "../../src/request/index.ts";
import { type Carrier, readAuthOptions } from "../../src/request/options.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import { expectThat, outcomeOf, type Target } from "./target.ts";

const CARRIERS: readonly (readonly Carrier[])[] = [
  ["bearer"],
  ["cookie"],
  ["header"],
  ["bearer", "cookie"],
  ["cookie", "header", "bearer"],
];

/** The carriers of tokens: nothing but a live token in its place opens anything, and no header is an error. */
export async function requestTarget(): Promise<Target> {
  const rwt = createRwt({ store: memoryStore(), secret: "a secret of the fuzzer, of 32 bytes or more" });
  const live = await rwt.sign("live");
  const dead = await rwt.sign("dead");
  await rwt.destroy(dead);
  const shapes = [
    "",
    "Bearer ",
    "bearer  ",
    "Bearer\t",
    "Basic ",
    "__Host-rwt=",
    "x=1; __Host-rwt=",
    "__Host-rwt=;",
    "rwt=",
    "Bearer  ==",
  ];
  const words = [...shapes, live, dead, "; ", ";", ",", "=", "__host-rwt=", " ", live.slice(0, 30)];
  const bases = shapes.flatMap((shape) => [shape + live, shape + live, shape + dead, shape]);
  const settings = CARRIERS.map((from) => readAuthOptions("requestAuth", { rwt, from }));
  const auths = CARRIERS.map((from) => requestAuth({ rwt, from }));
  let opened = 0;

  async function execute(random: Random): Promise<void> {
    const given: Record<string, string> = {};
    for (const name of ["authorization", "cookie", "x-access-token"]) {
      if (random.below(3) > 0) given[name] = mutate(random.pick(bases), random, words);
    }
    const which = random.below(CARRIERS.length);
    const [setting, auth] = [settings[which], auths[which]];
    if (setting === undefined || auth === undefined) throw new Error("no such carriers");
    const input = { from: CARRIERS[which], ...given };

    const tokens = readTokens({ get: (name) => given[name.toLowerCase()] ?? null }, setting);
    const all = Object.values(given);
    const fromThere = (token: string) => token !== "" && all.some((value) => value.includes(token));
    expectThat(tokens === "malformed" || tokens.every(fromThere), "a token is a piece of a header", input);

    const outcome = await outcomeOf(
      () => auth.authenticate({ headers: given }),
      (error) => error instanceof StoreUnavailableError,
      input,
    );
    expectThat("result" in outcome, "a memory store is never out", input);
    if (!("result" in outcome)) return;
    const { result } = outcome;
    if (result instanceof Response) {
      const expected = tokens === "malformed" ? 400 : 401;
      expectThat(result.status === expected, `the answer is ${expected}, not ${result.status}`, input);
      expectThat(
        !all.some((value) => value !== "" && saysSo(result, value)),
        "no answer repeats what came",
        input,
      );
      return;
    }
    opened++;
    expectThat(result.data === "live" && tokens[0] === live, "only a live token opens", input);
    expectThat(isCarried(given, live), "and only where a carrier has it whole", input);
  }

  return { name: "requests", share: 0.05, execute, note: () => `${opened} requests let in` };
}

/** Whether a challenge holds a header's value, of more than a few characters. */
const saysSo = (response: Response, value: string): boolean =>
  value.length > 12 && (response.headers.get("WWW-Authenticate") ?? "").includes(value);

/** The grammars, RFC 6750 §2.1 and RFC 6265 §4.2.1 with the spaces that browsers allow, told without the library's code. */
function isCarried(given: Readonly<Record<string, string>>, token: string): boolean {
  const { authorization = "", cookie = "" } = given;
  const [scheme = "", ...rest] = authorization.split(" ");
  const byBearer = scheme.toLowerCase() === "bearer" && rest.join("").trim() === token;
  const byCookie = cookie.split(";").some((pair) => pair.replace(/^ */, "") === `__Host-rwt=${token}`);
  return byBearer || byCookie || given["x-access-token"] === token;
}
