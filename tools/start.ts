// `npm start` runs the example in Cloudflare's own runtime, workerd, on this machine.
//
// It does what `wrangler dev` does, but through wrangler's API, which takes secrets from memory. On the command line
// other users could read them (ps), and a file with secrets could outlive this process.
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { demoVariables } from "../worker-example/demo-users.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: process.env.PORT || "8787" } } });
const port = Number(values.port);
await refuseTakenPort(port);

// Nothing leaves this machine: no usage data, no error reports, no request for Cloudflare's request.cf.
process.env.WRANGLER_SEND_METRICS = "false";
process.env.WRANGLER_SEND_ERROR_REPORTS = "false";
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
const { unstable_startWorker: startWorker } = await import("wrangler");

const worker = await startWorker({
  config: fileURLToPath(new URL("../wrangler.toml", import.meta.url)),
  bindings: {
    ...ofEnvironment("secret_text", "UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN", "RWT_SECRET"),
    ...ofEnvironment("plain_text", "RWT_EXPIRE", "RWT_MAX_LIFETIME"),
    ...asBindings(
      "secret_text",
      process.env.DEMO_USERS ? { DEMO_USERS: process.env.DEMO_USERS } : demoVariables(),
    ),
  },
  dev: { server: { hostname: "localhost", port }, inspector: false, persist: false },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => worker.dispose());

const url = await worker.url;
// On the first request the Worker prints where it stores sessions, or what is wrong with its settings.
const { ok } = await worker.fetch(url);
if (!ok) {
  await worker.dispose();
  process.exit(1);
}
const who = process.env.DEMO_USERS
  ? "sign in as one of DEMO_USERS"
  : 'sign in as ada, "correct horse battery staple", or grace, "hopper"';
console.log(`\n${url.origin}: ${who} (Ctrl-C ends it)\n`);

/** Environment variables that are set, as bindings of the Worker. */
function ofEnvironment<Type extends "secret_text" | "plain_text">(type: Type, ...names: string[]) {
  return asBindings(type, Object.fromEntries(names.map((name) => [name, process.env[name]])));
}

function asBindings<Type extends "secret_text" | "plain_text">(
  type: Type,
  variables: Readonly<Record<string, string | undefined>>,
) {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value ? [[name, { type, value }] as const] : [])),
  );
}

/** Checks the port first, because wrangler's API silently waits for a port that is in use. */
async function refuseTakenPort(port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen({ port, host: "localhost" });
    await once(server, "listening");
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error}. Choose another port: npm start -- --port 8788`,
    );
    process.exit(1);
  }
  server.close();
  await once(server, "close");
}
