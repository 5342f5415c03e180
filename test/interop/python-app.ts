/** The app of interop/python/tests/apps.py in three frameworks, and what TypeScript answers to the same requests. */
import { spawn } from "node:child_process";
import { request as send } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { createRwt } from "../../src/index.ts";
import { type AuthOptions, requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { python } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
export const admin = new Redis(redis.url);
admin.on("error", () => {});
atEnd(() => admin.disconnect());
export const secret = "a secret that all languages share, 32 bytes or more";
export const rwt = createRwt({ store: ioredisStore(redis.url), secret }).with(sessions());
atEnd(() => rwt.disconnect());

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const HOST = "shop.example";
export const json = (value: unknown) => encodeURIComponent(JSON.stringify(value));

/** Headers of HTTP servers, which say nothing of the library. */
const OF_SERVERS = new Set(["connection", "content-length", "date", "server", "keep-alive"]);
export const relevant = (headers: Iterable<readonly [string, string]>): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => !OF_SERVERS.has(name)));

/** Starts the app of tests/apps.py, and returns a client of it. */
export async function startApp(
  framework: string,
  auth: object,
  url = redis.url,
): Promise<(sent: Sent) => Promise<Answer>> {
  const options = { service: { redis: url, secret, timeout: 500 }, auth };
  const program = join(root, "interop/python/tests/apps.py");
  const child = spawn(python ?? "", [program, framework, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  atEnd(() => void child.kill());
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("close", (code) => reject(new Error(`${framework} ended with ${code}`)));
  });
  return ({ method = "GET", path = "/me", headers = {} }) =>
    new Promise((resolve, reject) => {
      const own = { host: HOST, connection: "close", ...headers };
      const sending = send({ host: "127.0.0.1", port, method, path, headers: own }, async (answer) => {
        let body = "";
        for await (const chunk of answer.setEncoding("utf8")) body += chunk;
        const values = Object.entries(answer.headers).map(([name, value]) => [name, `${value}`] as const);
        resolve({ status: answer.statusCode ?? 0, headers: relevant(values), body });
      });
      sending.on("error", reject).end();
    });
}

/** What TypeScript answers to a request that is refused; `null` if it isn't. */
export async function refusalOf(auth: AuthOptions, { method = "GET", path = "/me", headers = {} }: Sent) {
  const { authenticate } = requestAuth({ rwt, ...auth, optional: false });
  const answer = await authenticate({ method, url: path, headers: { host: HOST, ...headers } });
  if (!(answer instanceof Response)) return null;
  return { status: answer.status, headers: relevant(answer.headers), body: await answer.text() };
}

export const tokens = async () => {
  const live = await rwt.sign({ id: 1 }, { subject: "42" });
  const dead = await rwt.sign({ id: 2 });
  await rwt.destroy(dead);
  return { live, dead, forged: forged(live) };
};
export type Tokens = Awaited<ReturnType<typeof tokens>>;

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const cookie = (...values: string[]) => ({
  cookie: values.map((value) => `__Host-rwt=${value}`).join("; "),
});

export const AUTH = {
  from: ["bearer", "cookie", "header"],
  csrf: { origins: ["https://app.example", "capacitor://localhost"], paths: ["/hook", "/rückruf"] },
  realm: "shop",
  retryAfter: 7,
} satisfies AuthOptions;
export const PYTHON_AUTH = {
  carriers: AUTH.from,
  csrf: AUTH.csrf,
  realm: AUTH.realm,
  retry_after: AUTH.retryAfter,
};

/** The cookie that an answer sets: its value, and its attributes. */
export const cookieOf = ({ headers }: Answer): RegExpExecArray | null =>
  /^__Host-rwt=([^;]*); (.*)$/.exec(headers["set-cookie"] ?? "");

export const FRAMEWORKS = ["asgi", "fastapi", "django"] as const;
