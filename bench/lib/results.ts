import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../../tools/entries.ts";
import type { Section } from "./section.ts";

/** The content of bench/results.json. */
export interface Results {
  /** Date of the latest run. */
  readonly date: string;
  readonly machine: string;
  /** The load average of the minute before the run, which shows what else the machine did. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Date of each section. A run of some sections keeps the results of the others. */
  readonly dates: Readonly<Record<string, string>>;
  readonly sections: Readonly<Record<string, Section>>;
}

/** The load average before the run. */
export const LOAD: number = Number((loadavg()[0] ?? 0).toFixed(1));

const FILE = join(root, "bench/results.json");

/** The results of earlier runs. */
export const readResults = (): Results | undefined =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Results) : undefined;

/** Replaces the measured sections in results.json. */
export function writeResults(found: Results["sections"]): Results {
  const before = readResults();
  const date = new Date().toISOString().slice(0, 10);
  const now = Object.fromEntries(Object.keys(found).map((name) => [name, date]));
  const results: Results = {
    date,
    machine: machine(),
    load: LOAD,
    versions: versions(),
    dates: { ...before?.dates, ...now },
    sections: { ...before?.sections, ...found },
  };
  writeFileSync(FILE, `${JSON.stringify(results, undefined, 1)}\n`);
  return results;
}

function machine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores of ${cpu?.model ?? "an unknown processor"}, ${gigabytes} GB, ${process.platform}`;
}

const PEERS = [
  "@fastify/session",
  "@hono/session",
  "better-auth",
  "connect-redis",
  "hono-sessions",
  "iron-session",
  "jose",
  "jwt-redis",
  "next",
  "redis-sessions",
  "autocannon",
];
const OWN = [
  "@hono/node-server",
  "@upstash/redis",
  "express",
  "express-session",
  "fastify",
  "hono",
  "ioredis",
  "redis",
];

function versions(): Record<string, string> {
  const versionIn = (folder: string) => (name: string) => {
    const text = readFileSync(join(root, folder, name, "package.json"), "utf8");
    return [name, (JSON.parse(text) as { version: string }).version] as const;
  };
  return {
    node: process.versions.node,
    "redis-server":
      /v=(\S+)/.exec(execFileSync("redis-server", ["--version"], { encoding: "utf8" }))?.[1] ?? "?",
    ...Object.fromEntries(OWN.map(versionIn("node_modules"))),
    ...Object.fromEntries(PEERS.map(versionIn("bench/peers/node_modules"))),
  };
}
