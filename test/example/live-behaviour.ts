import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { bearer, browse, call, cookieOf, GRACE, isAlive, tokenFrom } from "./client.ts";

/** What an open page receives, and what operators see, on every runtime of the example. */
export function liveBehaviour(url: () => string): void {
  test("reports to an open page how long its session lasts, and when it has ended", async () => {
    const cookie = cookieOf(await browse(`${url()}/login`, { form: GRACE }));
    const answer = await fetch(`${url()}/live`, { headers: { Cookie: cookie, Accept: "text/event-stream" } });
    expect(answer.headers.get("Content-Type")).toBe("text/event-stream");
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    const events = eventsOf(answer);
    expect(await events.next()).toMatch(/^event: live\ndata: \{"idle":(900|899)\}$/);
    await browse(`${url()}/logout`, { method: "POST", cookie });
    let last = "";
    for (let event = await events.next(); event !== undefined; event = await events.next()) last = event;
    expect(last).toBe("event: ended\ndata: {}");
  });

  test("doesn't count an open page as use of its session, however often it connects", async () => {
    const token = bearer(await tokenFrom(url(), GRACE));
    const signedIn = Date.now();
    let idle = 900;
    while (idle > 898) {
      expect(Date.now() - signedIn).toBeLessThan(10_000);
      const answer = await fetch(`${url()}/live`, token);
      const event = eventsOf(answer);
      idle = Number(/"idle":(\d+)/.exec((await event.next()) ?? "")?.[1]);
      await event.stop();
      await sleep(300);
    }
  });

  test("reports the end to visitors without a session, and to those whose session has ended", async () => {
    const token = await tokenFrom(url(), GRACE);
    await call(`${url()}/logout`, { method: "POST", ...bearer(token) });
    for (const init of [{}, bearer(token)]) {
      const answer = await call(`${url()}/live`, init);
      expect([answer.status, await answer.text()]).toEqual([200, "event: ended\ndata: {}\n\n"]);
    }
  });

  test("shows operators the status, lets them sign a user out, and refuses everyone else", async () => {
    const [operator, user] = [bearer(await tokenFrom(url())), bearer(await tokenFrom(url(), GRACE))];
    const refused = await call(`${url()}/operator`, user);
    expect([refused.status, refused.headers.get("WWW-Authenticate")]).toEqual([
      403,
      'Bearer error="insufficient_scope"',
    ]);
    expect((await call(`${url()}/operator/end-all`, { method: "POST", ...user })).status).toBe(403);
    expect((await call(`${url()}/operator`)).status).toBe(401);

    const overview = async () => (await (await call(`${url()}/operator`, operator)).json()) as Overview;
    const before = await overview();
    expect(before.sessions.find((one) => one.user === "grace")?.count).toBeGreaterThan(0);
    expect(await isAlive(url(), "rwt_forged")).toBe(false);
    const after = await overview();
    expect(after.totals.rejected).toBe(before.totals.rejected + 1);
    expect(after.totals.verified).toBe(before.totals.verified + 1);
    expect(after.steps.verified.reduce((a, b) => a + b)).toBe(after.totals.verified);
    expect(after.latency.p95).toBeGreaterThanOrEqual(after.latency.median);

    const end = { ...operator.headers, "Content-Type": "application/x-www-form-urlencoded" };
    const endAll = async (user: string): Promise<unknown> =>
      (
        await fetch(`${url()}/operator/end-all`, { method: "POST", headers: end, body: `user=${user}` })
      ).json();
    expect(await endAll("grace")).toEqual({ ended: true });
    expect(await endAll("nobody")).toEqual({ ended: false });
    expect((await call(`${url()}/private`, user)).status).toBe(401);
    expect((await overview()).sessions).toContainEqual({ user: "grace", count: 0, more: false });
  });

  test("limits password guessing, by page or program, and affects nobody else", async () => {
    const guess = (user: string) => call(`${url()}/login`, { body: { user, password: "wrong" } });
    // Concurrently, which lets no more of them through.
    const answers = await Promise.all(Array.from({ length: 12 }, () => guess("mallory")));
    const refused = answers.find(({ status }) => status === 429) ?? expect.fail("nobody was refused");
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(800);
    const page = await browse(`${url()}/login`, { form: { user: "mallory", password: "wrong" } });
    expect(page.status).toBe(429);
    expect(await page.text()).toContain("Too many wrong passwords. Please try again in 15 minutes.");
    expect(await isAlive(url(), await tokenFrom(url(), GRACE))).toBe(true);
  });
}

interface Overview {
  readonly sessions: { user: string; count: number; more: boolean }[];
  readonly totals: Record<"signed" | "verified" | "rejected" | "failed", number>;
  readonly steps: Record<"signed" | "verified" | "rejected" | "failed", number[]>;
  readonly latency: { readonly median: number; readonly p95: number };
}

function eventsOf({ body }: Response): { next(): Promise<string | undefined>; stop(): Promise<void> } {
  if (body === null) throw new Error("no body");
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    stop: () => reader.cancel(),
    async next() {
      while (!text.includes("\n\n")) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
      }
      const end = text.indexOf("\n\n");
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      return event;
    },
  };
}
