import { expect, test } from "vitest";
import { lineChart } from "../../worker-example/chart.ts";
import { deviceName } from "../../worker-example/device.ts";
import { duration } from "../../worker-example/format.ts";
import { createLoginLimit } from "../../worker-example/login-limit.ts";
import { createMeter } from "../../worker-example/meter.ts";
import { networkOf } from "../../worker-example/network.ts";
import { lastUse } from "../../worker-example/sessions.ts";

test("attempts for a name from one address are limited, until the window is over or the password is right", () => {
  let now = 1_000;
  const limit = createLoginLimit(() => now);
  const attempts = (times: number) => Array.from({ length: times }, () => limit.attempt("ada", "1.2.3.4"));
  expect(attempts(9)).toEqual(Array(9).fill(0));
  now += 100;
  expect(attempts(3)).toEqual([0, 800, 800]);
  expect([limit.attempt("ada", "1.2.3.5"), limit.attempt("grace", "1.2.3.4")]).toEqual([0, 0]);
  now += 800;
  expect(attempts(11)).toEqual([...Array(10).fill(0), 900]);
  limit.succeeded("ada", "1.2.3.4");
  expect(attempts(11)).toEqual([...Array(10).fill(0), 900]);
});

test("one address can't try a list of names, nor reset its count by signing in to an account of its own", () => {
  let now = 1_000;
  const limit = createLoginLimit(() => now);
  let tried = 0;
  for (let i = 0; i < 20_000; i++) {
    if (limit.attempt(`name ${i}`, "1.2.3.4") === 0) tried += 1;
    if (limit.attempt("mallory", "1.2.3.4") === 0) limit.succeeded("mallory", "1.2.3.4");
  }
  expect(tried).toBe(100);
  expect(limit.attempt("one more", "1.2.3.4")).toBe(900);
  expect(limit.attempt("one more", "1.2.3.5")).toBe(0);
  now += 900;
  expect(limit.attempt("one more", "1.2.3.4")).toBe(0);
});

test("an office whose users all know their passwords isn't limited", () => {
  const limit = createLoginLimit(() => 0);
  for (let i = 0; i < 1_000; i++) {
    expect(limit.attempt(`user ${i}`, "1.2.3.4")).toBe(0);
    limit.succeeded(`user ${i}`, "1.2.3.4");
  }
});

test("all addresses of one machine's IPv6 network count as one", () => {
  const limit = createLoginLimit(() => 0);
  let tried = 0;
  for (let i = 0; i < 1_000; i++) {
    if (limit.attempt(`name ${i}`, `2001:db8:1:2:${i.toString(16)}::1`) === 0) tried += 1;
  }
  expect(tried).toBe(100);
  expect(limit.attempt("ada", "2001:db8:1:3::1")).toBe(0);
});

test.each([
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::ffff:10.0.0.1", "10.0.0.1"],
  ["10.0.0.1", "10.0.0.1"],
  ["unknown", "unknown"],
])("the address %s counts as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test("the limit stores 10,000 names at most, and then forgets the oldest", () => {
  const limit = createLoginLimit(() => 0);
  for (let i = 0; i < 10; i++) limit.attempt("first", "x");
  for (let i = 0; i < 9_999; i++) limit.attempt(`name ${i}`, `address ${i}`);
  expect(limit.attempt("first", "x")).toBe(900);
  limit.attempt("one more", "y");
  expect(limit.attempt("first", "x")).toBe(0);
});

test("the meter counts in steps of ten seconds, and forgets them after ten minutes", () => {
  let now = 1_000;
  const meter = createMeter(() => now);
  meter.count("signed");
  now += 10;
  meter.count("verified");
  meter.count("verified");
  for (let ms = 1; ms <= 100; ms++) meter.took(ms);
  const { since, totals, steps, latency } = meter.read();
  expect({ since, totals, latency }).toEqual({
    since: 1_000,
    totals: { signed: 1, verified: 2, rejected: 0, failed: 0 },
    latency: { median: 50, p95: 95 },
  });
  expect(steps.signed.slice(-2)).toEqual([1, 0]);
  expect(steps.verified.slice(-2)).toEqual([0, 2]);
  now += 600;
  meter.count("failed");
  expect(meter.read().steps).toMatchObject({ signed: Array(60).fill(0), verified: Array(60).fill(0) });
  expect(meter.read().totals).toEqual({ signed: 1, verified: 2, rejected: 0, failed: 1 });
});

test("the idle time left shows when a session was last used, unless the deadline cuts it short", () => {
  expect(lastUse({ idle: 900, deadline: 99_999 }, 900, 1_000)).toBe("Active now");
  expect(lastUse({ idle: 600, deadline: 99_999 }, 900, 1_000)).toBe("Last active 5 minutes ago");
  expect(lastUse({ idle: 600, deadline: 1_600 }, 900, 1_000)).toBe("Active within the last 15 minutes");
});

test.each([
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
    "Chrome on Windows",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
    "Edge on Windows",
  ],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1", "Safari on a Mac"],
  [
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) FxiOS/140.0 Safari/605.1", "Firefox on an iPhone"],
  ["curl/8.5.0", "curl/8.5.0"],
  ["", "unknown device"],
])("the device %j is called %s", (device, name) => {
  expect(deviceName({ device })).toBe(name);
});

test("a duration is shown in a suitable unit", () => {
  expect([1, 90, 120, 900, 43_200].map(duration)).toEqual([
    "1 second",
    "90 seconds",
    "2 minutes",
    "15 minutes",
    "12 hours",
  ]);
});

test("a chart's highest value is at the top, zero at the bottom, and nothing in it is a style or a script", async () => {
  const labels = { description: "a <test>", bottom: ["before", "now"], unit: "per second" } as const;
  const svg = String(await lineChart([{ name: "signed", values: [0, 5, 10] }], labels));
  expect(svg).toMatch(
    /<span>10<\/span><span>5<\/span><span>0<\/span>.*<span>before<\/span>.*<span>now<\/span>/s,
  );
  expect(svg).toContain('points="0.0,118.0 300.0,60.0 600.0,2.0"');
  expect(svg).toContain('aria-label="a &lt;test&gt;"');
  expect(svg).not.toMatch(/style=|<script|\son\w+=/);
});
