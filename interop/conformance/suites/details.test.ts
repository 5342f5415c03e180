import { expect } from "vitest";
import { createRwt } from "../../../src/index.ts";
import { ioredisStore } from "../../../src/stores/ioredis.ts";
import { delayingProxy } from "../../../test/doubles/delaying-proxy.ts";
import { atEnd } from "../../../test/support/at-end.ts";
import { ownRedis } from "../../../test/support/servers.ts";
import { tokenVector } from "../../../tools/vectors/token.ts";
import { describeClients, expectOutage } from "../checks.ts";
import { startClients } from "../clients.ts";
import { openStage, secret } from "../stage.ts";

const UNAVAILABLE = "ERR_RWT_STORE_UNAVAILABLE";
const { redis, admin, rwt, store } = await openStage();
const subject = "user-42";

/** What only the services of other languages notice. */
describeClients("details", await startClients(), (client, check) => {
  const its = client.service({ redis: redis.url, secret });

  check("sign", [], "writes compact JSON, and whole numbers without a fraction or an exponent", async () => {
    const data = { id: 42, zero: 0, most: 2 ** 53 - 1, list: [-7], half: 1.5, text: "Zoë", "": null };
    await its.sign(data, { meta: { n: 1 } });
    const [key = ""] = await admin.keys("*:s:*");
    const [, facts = "", line = "", ...more] = (await admin.get(key))?.split("\n") ?? [];
    expect(more).toEqual([]);
    expect(JSON.parse(line)).toEqual(data);
    expect(facts).toBe('{"meta":{"n":1}}');
    expect(line).toMatch(/^\{"id":42,"zero":0,"most":9007199254740991,"list":\[-7\],"half":1\.5,"text":/);
  });

  check("values", [], "what only lenient readers take for JSON is no answer", async () => {
    const vector = { secret, subject: null, deadline: 4_102_444_800, expire: 3600, generation: 0 };
    const { token, sessionKey } = tokenVector({ ...vector, id: "0123456789abcdef0123456789abcdef" });
    const header = "1 1795000000 ----------- 00000 1 0000000000 0000000000 00000000 00000000";
    for (const text of [
      ...["1 // x", "/* x */1", "[1,]", '{"a":1,}', "01", "+1", ".5", "1.", "0x1", "1 2", "'a'", "{a:1}"],
      ...["NaN", "-Infinity", "undefined", "nil", "None", '"\\x41"', '"a\tb"', "\ufeff1", "\u00a01"],
    ]) {
      await admin.set(sessionKey, `${header}\n{}\n${text}`, "EX", 60);
      await expectOutage(its.verify(token), text);
    }
  });

  check("sign", [], "writes under the prefix of the service", async () => {
    const prefixed = client.service({ redis: redis.url, secret, prefix: "app:" });
    const token = await prefixed.sign(1, { subject });
    for (const key of await admin.keys("*")) expect(key).toMatch(/^app:\{[0-9a-f]{4}\}:[spi]:/);
    expect((await createRwt({ store, secret, prefix: "app:" }).verify(token))?.data).toBe(1);
    expect(await rwt.verify(token)).toBeNull();
  });

  for (const [op, act] of [
    ["sign", () => its.sign(1, { subject })],
    ["extend", (token: string) => its.extend(token)],
    ["update", (token: string) => its.update(token, 1)],
    ["rotate", (token: string) => its.rotate(token)],
    ["destroy", (token: string) => its.destroy(token)],
    ["destroyAll", () => its.destroyAll(subject)],
  ] as const)
    check(op, [], "works after Redis has forgotten all scripts", async () => {
      for (let i = 0; i < 2; i++) {
        const token = await rwt.sign(1, { subject });
        await admin.script("FLUSH");
        expect(await act(token)).toBeTruthy();
      }
    });

  check("outage", [], "an error shows no token, key, secret or user's data", async () => {
    const own = await ownRedis();
    const theirs = ioredisStore(own.url);
    atEnd(() => theirs.disconnect());
    const token = await createRwt({ store: theirs, secret }).sign({ name: "Zoë" }, { subject });
    const broken = client.service({ redis: own.url, secret, timeout: 500 });
    expect(await broken.verify(token)).not.toBeNull();
    const garbage = await rwt.sign({ name: "Zoë" }, { subject });
    for (const key of await admin.keys("*")) await admin.set(key, "garbage Zoë", "EX", 60);
    await own.kill();
    const calls: [boolean, () => Promise<unknown>][] = [
      [true, () => broken.verify(token)],
      [true, () => its.verify(garbage)],
      [client.can("update"), () => its.update(garbage, "Zoë")],
      [client.can("sign"), () => its.sign({ name: "Zoë" }, { subject })],
      [client.can("sign"), () => broken.sign({ name: "Zoë" }, { subject })],
      [client.can("updateAll"), () => its.updateAll(subject, "Zoë")],
    ];
    for (const [, act] of calls.filter(([can]) => can)) {
      const message = await act().then(
        () => "no error",
        (error: Error) => error.message,
      );
      expect(message).toContain(UNAVAILABLE);
      for (const told of [token, garbage, secret, subject, "Zoë", "{", ":s:", ":p:"])
        expect(message, "the error's message").not.toContain(told);
    }
  });

  check("cost", [], "a check is one round trip", async (context) => {
    // Only over a connection of the client's own: workerd's passes a server of Upstash's protocol.
    if (client.command === undefined) return context.skip();
    const proxy = await delayingProxy(Number(new URL(redis.url).port));
    atEnd(() => proxy.close());
    const options = { redis: `redis://127.0.0.1:${proxy.port}`, secret, timeout: 5000 };
    const slides = client.can("verifyExtendsToken") ? [false, true] : [false];
    for (const verifyExtendsToken of slides) {
      const far = client.service({ ...options, ...(verifyExtendsToken && { verifyExtendsToken }) });
      const token = await rwt.sign(1, { subject });
      await far.verify(token);
      proxy.lag = 500;
      const start = performance.now();
      expect((await far.verify(token))?.data).toBe(1);
      expect(performance.now() - start, "milliseconds, where a round trip takes 500").toBeLessThan(1000);
      proxy.lag = 0;
    }
  });
});
