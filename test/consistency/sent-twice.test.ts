/** A client that sends a command again after a lost reply, while the replica doesn't have what the first one wrote. */
import { Redis } from "@upstash/redis";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { once } from "../doubles/rest-server/faults.ts";
import { atEnd } from "../support/at-end.ts";
import { startEnvironment } from "./environment.ts";

const environment = await startEnvironment([500]);
atEnd(() => environment.stop());
const { rest } = environment;

test.each([undefined, "Ada"])("a sign that is sent twice is a success (subject %s)", async (subject) => {
  const client = new Redis({
    url: rest.url,
    token: rest.token,
    retry: { retries: 2, backoff: () => 1 },
    readYourWrites: false,
  });
  const rwt = createRwt<number>({ store: upstashStore(client), secret: "s".repeat(32) });
  rest.faults.dropAfter = once(true);
  const token = await rwt.sign(1, { subject });
  expect((await rwt.verify(token, { fresh: true }))?.data).toBe(1);
});
