import type { Bench } from "../lib/section.ts";
import type { Settings } from "../lib/stage.ts";
import { cluster } from "./cluster.ts";
import { costs } from "./costs.ts";
import { forged } from "./forged.ts";
import { http } from "./http.ts";
import { languages } from "./languages.ts";
import { memo } from "./memo.ts";
import { memory } from "./memory.ts";
import { express, fastify, hono, next } from "./routes.ts";
import { runtimes } from "./runtimes.ts";
import { scale } from "./scale.ts";
import { sign } from "./sign.ts";
import { size } from "./size.ts";
import { startup } from "./startup.ts";
import { steps } from "./steps.ts";
import { subject } from "./subject.ts";
import { tenMillion } from "./ten-million.ts";
import { sliding, verify } from "./verify.ts";
import { watch } from "./watch.ts";
import { workerd } from "./workerd.ts";

/** All benchmarks, in the order of the run and of the checklist. */
export const works: readonly ((settings: Settings) => Bench)[] = [
  verify,
  sliding,
  sign,
  cluster,
  forged,
  hono,
  express,
  fastify,
  next,
  http,
  workerd,
  runtimes,
  languages,
  costs,
  memory,
  memo,
  scale,
  subject,
  steps,
  watch,
  startup,
  size,
];

/** Benchmarks that run only if `--only` names them, because they need more than most machines have. */
export const byNameOnly: readonly ((settings: Settings) => Bench)[] = [tenMillion];
