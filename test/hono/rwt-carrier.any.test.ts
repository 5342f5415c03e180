import { Hono } from "hono";
import { expect, test } from "vitest";
import { type OptionalRwtVariables, rwtAuth, rwtCarrier } from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { forged } from "../support/forged.ts";
import { untouchedStore } from "../support/untouched-store.ts";
import { bearer, get, junk, live, rwt, secret, type User } from "./fixture.ts";

const untouched = untouchedStore();
const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
app.use(rwtCarrier({ rwt: createRwt<User>({ store: untouched, secret }), from: ["bearer", "cookie"] }));
app.all("/private/me", (c) => c.json(c.var.session ?? "a stranger"));

test.each<[string, Record<string, string>]>([
  ["nothing", {}],
  ["a live token", bearer(live)],
  ["junk", bearer(junk)],
  ["a forged token", bearer(forged(live))],
  ["a live cookie", { Cookie: `__Host-rwt=${live}` }],
  ["a dead cookie", { Cookie: `__Host-rwt=${junk}` }],
])("lets everyone pass as a stranger, and asks the store nothing: %s", async (_, headers) => {
  const response = await get(app, headers);
  expect([response.status, await response.json()]).toEqual([200, "a stranger"]);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(response.headers.get("Set-Cookie")).toBeNull();
  expect(untouched.calls).toEqual([]);
});

test("refuses what rwtAuth refuses before any check: a token carried wrongly, another site's page", async () => {
  expect((await get(app, { Authorization: "Bearer" })).status).toBe(400);
  const headers = { Cookie: `__Host-rwt=${live}`, "Sec-Fetch-Site": "cross-site" };
  expect((await app.request("/private/me", { method: "POST", headers })).status).toBe(403);
  expect(untouched.calls).toEqual([]);
});

test("calls itself by its own name where an option is wrong", () => {
  expect(() => rwtCarrier({ rwt, from: [] })).toThrow(expect.objectContaining({ option: "from" }));
  expect(() => rwtCarrier(rwt as never)).toThrow(/^rwtCarrier's options must be an object such as/);
});

test("rwtAuth has no verify: false any more, and rwtCarrier no optional, which it always is", () => {
  const unknown = (option: string) => expect.objectContaining({ code: "ERR_RWT_OPTION_UNKNOWN", option });
  for (const verify of [true, false]) {
    expect(() => rwtAuth({ rwt, verify } as never)).toThrow(unknown("verify"));
    expect(() => rwtCarrier({ rwt, verify } as never)).toThrow(unknown("verify"));
  }
  expect(() => rwtCarrier({ rwt, optional: true } as never)).toThrow(unknown("optional"));
});
