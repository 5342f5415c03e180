import { expect, test, vi } from "vitest";
import { toBase64Url } from "../../src/lib/bytes.ts";
import { randomBytes } from "../../src/lib/random.ts";

test("no bytes are given twice, whatever lengths are asked for, and the runtime is asked seldom", () => {
  const asked = vi.spyOn(crypto, "getRandomValues");
  const all = new Set<string>();
  for (let i = 0; i < 3000; i++) {
    const bytes = randomBytes(i % 2 === 0 ? 16 : 8);
    expect(bytes).toHaveLength(i % 2 === 0 ? 16 : 8);
    all.add(toBase64Url(bytes));
  }
  expect(all.size).toBe(3000);
  expect(asked.mock.calls.length).toBeGreaterThan(15);
  expect(asked.mock.calls.length).toBeLessThan(30);
  asked.mockRestore();
});

test("each bit is set about half of the time", () => {
  const counts = new Array<number>(128).fill(0);
  const samples = 20_000;
  for (let i = 0; i < samples; i++) {
    const bytes = randomBytes(16);
    for (let bit = 0; bit < 128; bit++)
      counts[bit] = (counts[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1);
  }
  // Seven standard deviations: one run in a billion is further away.
  const most = 7 * Math.sqrt(samples / 4);
  for (const count of counts) expect(Math.abs(count - samples / 2)).toBeLessThan(most);
});

test("copies of one machine, whose CSPRNG gives the same, get bytes of their own", async () => {
  const asked = vi.spyOn(crypto, "getRandomValues").mockImplementation((bytes) => bytes);
  const [clock, sinceStart] = [vi.spyOn(Date, "now"), vi.spyOn(performance, "now")];
  const all = new Set<string>();
  for (const [milliseconds, since] of [
    [1_795_764_304_000, 1234.567891],
    [1_795_764_304_001, 1234.567891],
    [1_795_764_304_000, 1234.567892],
  ] as const) {
    clock.mockReturnValue(milliseconds);
    sinceStart.mockReturnValue(since);
    vi.resetModules();
    const copy = await import("../../src/lib/random.ts");
    all.add(toBase64Url(copy.randomBytes(16)));
  }
  for (const mocked of [asked, clock, sinceStart]) mocked.mockRestore();
  expect(all.size).toBe(3);
});

test("bytes that were given are erased where they were kept", () => {
  const asked = vi.spyOn(crypto, "getRandomValues");
  while (asked.mock.results.length === 0) randomBytes(16);
  const kept = asked.mock.results[0]?.value as Uint8Array;
  expect(randomBytes(16).some(Boolean)).toBe(true);
  expect([...kept.subarray(0, 32)].every((byte) => byte === 0)).toBe(true);
  expect(kept.subarray(32).some(Boolean)).toBe(true);
  asked.mockRestore();
});
