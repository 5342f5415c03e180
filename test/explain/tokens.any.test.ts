import { afterEach, describe, expect, test } from "vitest";
import { explainToken } from "../../src/explain/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { forged } from "../support/forged.ts";
import { untouchedStore } from "../support/untouched-store.ts";

const secret = "a secret of the tests, 32 bytes or more";

describe("tokens that are explained without asking the store", () => {
  const older = "an older secret of the tests, 32 bytes or more";
  const store = untouchedStore();
  const options = { store, secret: [secret, older] };
  const rwt = createRwt(options);
  afterEach(() => expect(store.calls).toEqual([]));
  const signed = (by: string): Promise<string> => createRwt({ store: memoryStore(), secret: by }).sign(1);

  test.each([
    [42, /isn't text/],
    ["", /empty/],
    ["rwt_x\n", /white space/],
    ["Bearer rwt_x", /Bearer/],
    ['"rwt_x"', /quotation marks/],
    ["eyJhbGciOiJIUzI1NiJ9.e30.x", /begin with rwt_/],
    [`rwto_${"A".repeat(76)}`, /^This is a one-time token/],
    [`rwt_${"A".repeat(64)}`, /68 characters, and a token has 80/],
    [`rwt_${"A".repeat(75)}+`, /can't have/],
  ])("malformed: %j", async (token, reason) => {
    expect(await explainToken(rwt, token)).toEqual({
      status: "malformed",
      reason: expect.stringMatching(reason),
    });
  });

  test("altered, or signed by a secret that isn't in the ring: forged, without details", async () => {
    const altered = await explainToken(rwt, forged(await signed(secret)));
    expect(altered).toEqual({ status: "forged", reason: expect.stringMatching(/^None of the secrets/) });
    const stranger = await explainToken(rwt, await signed("a stranger's secret, 32 bytes or more"));
    expect(stranger).toEqual({
      status: "forged",
      reason: expect.stringMatching(/a secret that this service doesn't have/),
    });
  });

  test("signed by an older secret: expired, with that secret's index and the same id", async () => {
    const token = await signed(older);
    const now = () => Date.now() / 1000 + 31 * 86_400;
    const byRing = await explainToken(createRwt({ ...options, now }), token);
    expect(byRing).toMatchObject({ status: "expired", secret: 1 });
    const alone = await explainToken(createRwt({ store, secret: older, now }), token);
    expect(alone).toMatchObject({ status: "expired", secret: 0, id: byRing.id });
  });
});

test.each([
  ["options of createRwt", { store: memoryStore(), secret }],
  ["a copy of a service", { ...createRwt({ store: memoryStore(), secret }) }],
  ["nothing", undefined],
])("wants the service itself, not %s", async (_, rwt) => {
  await expect(explainToken(rwt as never, "rwt_x")).rejects.toMatchObject({
    code: "ERR_RWT_OPTION_TYPE",
    option: "rwt",
  });
});
