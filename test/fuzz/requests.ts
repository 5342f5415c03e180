import { isDeepStrictEqual } from "node:util";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { readRequest } from "../../src/request/carriers.ts";
import { requestAuth } from "../../src/request/index.ts";
import { type Carrier, readAuthOptions } from "../../src/request/options.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
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

/** The carriers of tokens: only a live token in its place opens a session, and no header causes an error. */
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
      if (random.below(3) > 0) given[name] = asItArrives(mutate(random.pick(bases), random, words));
    }
    const which = random.below(CARRIERS.length);
    const [setting, auth] = [settings[which], auths[which]];
    if (setting === undefined || auth === undefined) throw new Error("no such carriers");
    const input = { from: CARRIERS[which], ...given };

    const headers = { get: (name: string) => given[name.toLowerCase()] ?? null };
    const request = { method: "GET", url: "https://app.example/", headers };
    const { deciding, failure } = await readRequest(rwt, request, setting);
    const truth = carriedBy(given, setting.from);
    const expected = truth === "invalid_request" ? truth : worthAsking(truth, [live, dead]);
    const found = failure?.error ?? deciding;
    expectThat(isDeepStrictEqual(found, expected), `the request carries ${expected}, not ${found}`, input);

    const outcome = await outcomeOf(
      () => auth.authenticate({ method: "GET", headers: given }),
      (error) => error instanceof StoreUnavailableError,
      input,
    );
    expectThat("result" in outcome, "a memory store is never out", input);
    if (!("result" in outcome)) return;
    const { result } = outcome;
    if (result instanceof Response) {
      const status = failure === undefined ? 401 : 400;
      expectThat(result.status === status, `the answer is ${status}, not ${result.status}`, input);
      expectThat(
        !Object.values(given).some((value) => value !== "" && saysSo(result, value)),
        "no answer repeats what came",
        input,
      );
      return;
    }
    opened++;
    expectThat(result.data === "live" && deciding.includes(live), "only a live token opens", input);
  }

  return { name: "requests", share: 0.05, execute, note: () => `${opened} requests let in` };
}

/** HTTP itself trims spaces and tabs around a header's value (RFC 9110 §5.5). */
const asItArrives = (value: string): string => value.replace(/^[ \t]+|[ \t]+$/g, "");

/** Whether a challenge contains a header's value of more than a few characters. */
const saysSo = (response: Response, value: string): boolean =>
  value.length > 12 && (response.headers.get("WWW-Authenticate") ?? "").includes(value);

/** Of several tokens, genuine ones come first, and at most four are tried. */
function worthAsking(tokens: readonly string[], genuine: readonly string[]): readonly string[] {
  const distinct = [...new Set(tokens)];
  const isGenuine = (token: string): boolean => genuine.includes(token);
  return [...distinct.filter(isGenuine), ...distinct.filter((token) => !isGenuine(token))].slice(0, 4);
}

/**
 * The tokens of the carrier that counts, by the grammars of RFC 6750 §2.1 and RFC 6265 §4.2.1 with spaces and quotes that clients
 * send. It is implemented without patterns, independently of the library.
 */
function carriedBy(
  given: Readonly<Record<string, string>>,
  from: readonly Carrier[],
): readonly string[] | "invalid_request" {
  const { authorization = "", cookie = "" } = given;
  const scheme = authorization.slice(0, 6).toLowerCase();
  const isBearer = from.includes("bearer") && scheme === "bearer" && authorization.slice(6, 7).trim() === "";
  const parts = authorization
    .slice(6)
    .split(" ")
    .filter((part) => part !== "");
  const bearer = isBearer ? parts[0] : undefined;
  if (isBearer && (parts.length !== 1 || authorization.charAt(6) !== " " || !isB64Token(parts[0])))
    return "invalid_request";
  const header = from.includes("header") ? given["x-access-token"] : undefined;
  if (bearer && header) return "invalid_request";
  const tokens = { bearer: [bearer], header: [header], cookie: cookie.split(";").map(cookieToken) };
  const carried = from.map((carrier) =>
    tokens[carrier].filter((token) => token !== undefined && token !== ""),
  );
  return (carried.find((those) => those.length > 0) ?? []) as string[];
}

/** The token in a pair with the cookie's name. */
function cookieToken(pair: string): string | undefined {
  const [name = "", ...rest] = pair.split("=");
  if (asItArrives(name) !== "__Host-rwt" || rest.length === 0) return undefined;
  const value = asItArrives(rest.join("="));
  const text = value.startsWith('"') ? value.slice(1) : value;
  return text.slice(0, text.search(/[\s"]|$/));
}

function isB64Token(text = ""): boolean {
  let end = text.length;
  while (text.charAt(end - 1) === "=") end--;
  const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/";
  return end > 0 && [...text.slice(0, end)].every((char) => allowed.includes(char));
}
