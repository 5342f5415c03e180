/**
 * Measures whether the time of a rejection reveals how much of a token's tag is right. Tags that are wrong in the first byte and tags
 * that are wrong in the last byte take turns, a million of each. Welch's t-test says whether the means differ.
 */

import { createKeyRing, mintToken } from "redis-web-token/token";
import { openToken } from "../src/token/token.ts";

const TRIES = 1_000_000;
const BATCH = 100;
const secret = new TextEncoder().encode("a secret of the benchmark, 32 bytes or more");
const ring = await createKeyRing([secret])();
const [keys] = ring;
if (keys === undefined) throw new Error("a ring of no secrets");
const token = await mintToken(keys, { deadline: 4_000_000_000, expire: 3600 });

/** Returns the token with one of its 57 bytes changed. */
function wrongAt(index: number): string {
  const bytes = Buffer.from(token.slice(4), "base64url");
  bytes[index] = (bytes[index] ?? 0) ^ 0x55;
  return `rwt_${bytes.toString("base64url")}`;
}

/** Computes mean and variance by Welford's method. */
class Sample {
  count = 0;
  mean = 0;
  private squares = 0;
  add(value: number): void {
    this.count++;
    const delta = value - this.mean;
    this.mean += delta / this.count;
    this.squares += delta * (value - this.mean);
  }
  get variance(): number {
    return this.squares / (this.count - 1);
  }
}

/** Welch's t. The means differ if it is beyond ±4.5, the limit of ISO/IEC 17825 (TVLA). */
const welch = (a: Sample, b: Sample): number =>
  (a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count);

const tags = { first: wrongAt(41), last: wrongAt(56) };
if ((await openToken(ring, tags.first)) !== null || (await openToken(ring, tags.last)) !== null) {
  throw new Error("a forged token opens");
}

async function batch(tag: string): Promise<number> {
  const began = process.hrtime.bigint();
  for (let i = 0; i < BATCH; i++) await openToken(ring, tag);
  return Number(process.hrtime.bigint() - began) / BATCH;
}

const pairs: [Sample, Sample][] = [];
for (const [a, b] of [
  [tags.first, tags.last],
  [tags.first, tags.first],
] as const) {
  const samples: [Sample, Sample] = [new Sample(), new Sample()];
  const times: [number, number][] = [];
  for (let i = 0; i < TRIES / BATCH; i++) {
    // The two alternate in going first, so that neither has an advantage.
    const isTurned = i % 2 === 1;
    const one = await batch(isTurned ? b : a);
    const two = await batch(isTurned ? a : b);
    times.push(isTurned ? [two, one] : [one, two]);
  }
  // Leave out the slowest tenth: those pairs were interrupted by the scheduler, and say nothing about the code.
  const limit = times.flat().sort((x, y) => x - y)[Math.floor(times.length * 2 * 0.9)] ?? 0;
  for (const [x, y] of times.filter((pair) => Math.max(...pair) <= limit)) {
    samples[0].add(x);
    samples[1].add(y);
  }
  pairs.push(samples);
}

const show = (name: string, [a, b]: [Sample, Sample]): number => {
  const t = welch(a, b);
  console.log(
    `${name}: ${a.mean.toFixed(1)} ns and ${b.mean.toFixed(1)} ns (sd of a batch ${Math.sqrt(a.variance).toFixed(0)}), ` +
      `difference ${(a.mean - b.mean).toFixed(1)} ns, t = ${t.toFixed(2)}`,
  );
  return t;
};
const [tested, control] = pairs as [[Sample, Sample], [Sample, Sample]];
console.log(`${TRIES.toLocaleString("en")} rejections of each kind, in turns, ${process.version}`);
const t = show("wrong first byte, wrong last byte", tested);
show("the same tag twice, for comparison ", control);
if (Math.abs(t) > 4.5) process.exitCode = 1;
console.log(Math.abs(t) > 4.5 ? "they differ" : "no difference beyond noise");
