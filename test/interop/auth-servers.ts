import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { requestAuth } from "../../src/request/index.ts";
import type { AnyRwt } from "../../src/rwt.ts";
import { freePort } from "../../tools/free-port.ts";
import { atEnd } from "../support/at-end.ts";

/** An answer as it came over HTTP. Names of headers are in lower case, and each header has its own entry. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What the server itself adds to each answer. */
const OF_SERVERS = new Set([
  "date",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "host",
]);

/** Sends a request whose headers are given one by one, so that a name may occur twice. */
export async function ask(
  port: number,
  method: string,
  path: string,
  headers: readonly (readonly [string, string])[],
): Promise<RawAnswer> {
  const host = headers.some(([name]) => name === "Host") ? [] : ["Host", `127.0.0.1:${port}`];
  const all = [...host, ...headers.flat(), "Connection", "close"];
  const request = send({ host: "127.0.0.1", port, method, path, headers: all });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  const raw = response.rawHeaders;
  const pairs = raw.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? ""] as const] : [],
  );
  const shown = pairs.filter(([name]) => !OF_SERVERS.has(name));
  return {
    status: response.statusCode ?? 0,
    headers: shown.toSorted((a, b) => (`${a}` < `${b}` ? -1 : 1)),
    body,
  };
}

/** Starts a program that serves HTTP at a port. It ends after the test file. */
export async function startServing(start: (port: number) => ChildProcess): Promise<number> {
  const port = await freePort("http");
  const child = start(port);
  atEnd(() => child.kill());
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}\n${log}`);
    try {
      await ask(port, "GET", "/none", []);
      return port;
    } catch {
      await wait(20);
    }
  }
}

/** Starts PHP's own server with a script that answers all requests. */
export const startPhpServer = (php: string, script: string, env: Record<string, string>): Promise<number> =>
  startServing((port) =>
    spawn(php, ["-d", "expose_php=0", "-d", "display_errors=stderr", "-S", `127.0.0.1:${port}`, script], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    }),
  );

/** Starts the same app as interop/php/tests/server.php, with `requestAuth`. */
export async function startTypeScriptServer(rwt: AnyRwt): Promise<number> {
  const server = createServer((req, res) => {
    answer(rwt, req, res).catch((error) => res.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => server.close());
  return (server.address() as { port: number }).port;
}

async function answer(rwt: AnyRwt, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { require, ...options } = JSON.parse(String(req.headers["x-test-options"] ?? "{}"));
  const checking = require === undefined ? {} : { require };
  const auth = requestAuth<unknown>({ rwt, ...options, onFailure: (_, failure) => failure.dropCookie() });
  const { pathname, searchParams } = new URL(req.url ?? "/", "http://host");
  const persistent = searchParams.get("persistent");
  const signing = { subject: "42", ...(persistent && { persistent: persistent === "true" }) };
  const calls: Record<string, () => Promise<unknown>> = {
    login: () => auth.signIn(req, { name: "Ada" }, signing),
    logout: () => auth.signOut(req),
    rotate: () => auth.rotateSession(req),
    list: () => auth.listSessions(req),
    others: () => auth.endOtherSessions(req),
    everywhere: () => auth.signOutEverywhere(req),
    "step-up": async () => {
      await auth.rotateSession(req, { retry: false });
      await auth.endOtherSessions(req);
      return auth.listSessions(req);
    },
    "signed-out": async () => {
      await auth.signOut(req);
      return auth.authenticate(req);
    },
    "signed-in": async () => {
      await auth.signIn(req, { name: "Bob" });
      return auth.authenticate(req);
    },
    socket: () => auth.authenticateUpgrade(req, checking),
    reauthenticate: () => auth.reauthenticate(req, { amr: ["pwd"], acr: "2" }),
    proved: async () => {
      await auth.reauthenticate(req, { amr: ["pwd"], acr: "2" });
      return auth.authenticate(req, checking);
    },
  };
  const call = pathname.split("/")[2] ?? "";
  const result = await (calls[call] ?? (() => auth.authenticate(req, checking)))();
  if (result instanceof Response) {
    res.writeHead(result.status, [...result.headers].flat());
    return void res.end(await result.text());
  }
  const found = (result ?? {}) as {
    headers?: Headers;
    token?: string;
    ended?: boolean;
    data?: unknown;
    sessions?: { current: boolean }[];
  };
  for (const [name, value] of found.headers ?? []) res.appendHeader(name, value);
  if (call === "middleware") res.setHeader("Cache-Control", "no-store");
  res.setHeader("Content-Type", "application/json");
  const shown =
    found.token ?? found.ended ?? found.sessions?.map(({ current }) => current) ?? found.data ?? result;
  res.end(JSON.stringify(shown));
}
