import * as oauth from "oauth4webapi";
import { afterEach, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { oauthClient, outageOf, refused } from "../hono-routes/oauth-client.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { startInWorkerd } from "./start-worker.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
afterEach(() => rest.faults.reset());

const RWT_SECRET = "a secret that Node and workerd share, of 32 bytes";
const secrets = {
  billing: "the secret of billing".padEnd(40, "!"),
  mail: "the secret of mail".padEnd(40, "?"),
};
const origin = await startInWorkerd("routes-worker.ts", rest, {
  RWT_SECRET,
  BILLING_SECRET: secrets.billing,
  MAIL_SECRET: secrets.mail,
});
const node = createRwt({
  store: ioredisStore(redis.url, { timeout: 10_000 }),
  secret: RWT_SECRET,
}).with(sessions());
atEnd(() => node.disconnect());

type ClientId = keyof typeof secrets;
const clientOf = (id: ClientId, secretOf: ClientId = id) =>
  oauthClient(origin, id, oauth.ClientSecretBasic(secrets[secretOf]));

// These must be the very first requests, while nothing has been created or hashed yet.
test("concurrent requests of many clients to a fresh isolate each get their own answer", async () => {
  const tokens = await Promise.all(
    Array.from({ length: 40 }, (_, i) => node.sign({ i }, { subject: `user ${i}` })),
  );
  rest.faults.latencyMs = 100;
  const answers = await Promise.all(
    tokens.map((token, i) => clientOf(i % 2 ? "mail" : "billing").introspect(token)),
  );
  for (const [i, answer] of answers.entries()) {
    const sid = await node.idOf(tokens[i]);
    expect(answer).toMatchObject({
      active: true,
      sub: `user ${i}`,
      sid,
      client: i % 2 ? "mail" : "billing",
    });
  }
});

test("what workerd revokes is dead on Node", async () => {
  const token = await node.sign("Ada");
  const { introspect, revoke } = clientOf("mail");
  expect(await introspect(token)).toMatchObject({ active: true });
  expect(await revoke(token)).toBeUndefined();
  expect(await node.verify(token)).toBeNull();
  expect(await introspect(token)).toEqual({ active: false });
});

test("a client with another client's secret is refused, and an outage is a 503", async () => {
  const token = await node.sign("Ada");
  expect(await refused(clientOf("mail", "billing").introspect(token))).toMatchObject({ status: 401 });
  rest.faults.dropBefore = { value: true, times: 2 };
  for (const call of ["introspect", "revoke"] as const) {
    expect(await outageOf(clientOf("mail")[call](token))).toEqual([503, "5"]);
  }
  expect(await clientOf("mail").introspect(token)).toMatchObject({ active: true });
});
