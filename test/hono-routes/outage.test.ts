import { Hono } from "hono";
import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";
import { type RouteFailure, rwtRoutes } from "../../src/hono-routes/index.ts";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { serveApp } from "../support/serve-app.ts";
import { ownRedis } from "../support/servers.ts";
import { billing, secret } from "./fixture.ts";
import { oauthClient, outageOf } from "./oauth-client.ts";

test.each([
  ["frozen", "timeout"],
  ["gone", undefined],
])(
  "while Redis is %s each answer is a 503, and none says that a token is dead; afterwards it works",
  async (how, reason) => {
    const redis = await ownRedis();
    const rwt = createRwt({ store: ioredisStore(redis.url), secret });
    const impatient = createRwt({ store: ioredisStore(redis.url, { timeout: 300 }), secret });
    atEnd(() => Promise.all([rwt.disconnect(), impatient.disconnect()]));
    const failures: RouteFailure[] = [];
    const app = new Hono();
    const onFailure = (_: unknown, failure: RouteFailure) => {
      failures.push(failure);
      return failure.response;
    };
    app.route("/oauth", rwtRoutes({ rwt: impatient, clients: [billing], onFailure }));
    const origin = await serveApp(app);
    const client = oauthClient(origin, billing.id, oauth.ClientSecretBasic(billing.secret));
    const token = await rwt.sign({ name: "Ada Lovelace" }, { subject: "ada.lovelace@users.example" });

    if (how === "frozen") redis.freeze();
    else await redis.kill();
    try {
      expect(await outageOf(client.introspect(token))).toEqual([503, "5"]);
      expect(await outageOf(client.revoke(token))).toEqual([503, "5"]);
      const body = new URLSearchParams({ token });
      const headers = { Authorization: `Bearer ${billing.secret}` };
      const extended = await fetch(`${origin}/oauth/token/extend`, { method: "POST", headers, body });
      expect(await extended.json()).toMatchObject({ error: "temporarily_unavailable" });
      expect(await client.introspect("junk")).toEqual({ active: false });
    } finally {
      if (how === "frozen") redis.thaw();
      else await redis.restart();
    }
    expect(failures).toHaveLength(3);
    for (const { status, client, cause } of failures) {
      expect([status, client]).toEqual([503, "billing"]);
      expect(cause).toMatchObject(reason ? { reason } : { code: "ERR_RWT_STORE_UNAVAILABLE" });
    }
    expectNoLeak(failures, {
      token,
      secret,
      client: billing.secret,
      subject: "ada.lovelace",
      data: "Ada Lovelace",
      key: "rwt:{",
    });
    const works = async () => client.introspect(await rwt.sign("Ada")).catch(() => undefined);
    await expect.poll(works, { timeout: 10_000 }).toMatchObject({ active: true });
  },
);
