import { Redis as UpstashRedis } from "@upstash/redis";
import { describe, test } from "vitest";
import { upstashStore } from "../../src/stores/upstash.ts";

import { data, expectOutage, healthy, rest, restUrl } from "./outage-fixture.ts";

describe("HTTP", () => {
  const html = "<html><body>rwt:{beef} ada.lovelace@users.example</body></html>";
  const faults: [string, () => void, string][] = [
    ["401", () => (rest.faults.status = { code: 401, body: '{"error":"Unauthorized"}' }), "auth"],
    ["429, quota", () => (rest.faults.status = { code: 429, body: quota }), "quota"],
    ["400, quota", () => (rest.faults.status = { code: 400, body: quota }), "quota"],
    ["500 in JSON", () => (rest.faults.status = { code: 500, body: `{"error":"${data.mail}"}` }), "server"],
    [
      "502 in HTML",
      () => (rest.faults.status = { code: 502, body: html, contentType: "text/html" }),
      "reply",
    ],
    [
      "200 in HTML",
      () => (rest.faults.status = { code: 200, body: html, contentType: "text/html" }),
      "reply",
    ],
    ["an empty body", () => (rest.faults.status = { code: 200, body: "" }), "reply"],
    [
      "a result that is an object",
      () => (rest.faults.status = { code: 200, body: '{"result":{"a":[1]}}' }),
      "reply",
    ],
    [
      "a result of another command",
      () => (rest.faults.status = { code: 200, body: '{"result":7}' }),
      "reply",
    ],
    ["no result", () => (rest.faults.status = { code: 200, body: "{}" }), "reply"],
    ["an answer cut in the middle", () => (rest.faults.truncate = true), "reply"],
    ["a connection dropped before the command", () => (rest.faults.dropBefore = true), "network"],
    ["a connection dropped after the command", () => (rest.faults.dropAfter = true), "network"],
    ["no answer", () => (rest.faults.hang = true), "timeout"],
    ["a late answer", () => (rest.faults.latencyMs = 400), "timeout"],
  ];
  const quota = '{"error":"ERR max requests limit exceeded. Limit: 500000, Usage: 500001."}';
  const oneTry = { retry: { retries: 0 } };
  // Short only where time shall run out: a busy machine answers late.
  const patience = (reason: string) => (reason === "timeout" ? 150 : 10_000);

  test.each(faults)("%s", async (_, breakIt, reason) => {
    breakIt();
    await expectOutage(upstashStore(restUrl, { timeout: patience(reason) }), healthy, reason);
  });

  // To a client that deserializes, an object and the JSON text of one look alike: as a session it opens nothing.
  const tellable = faults.filter(([name]) => name !== "a result that is an object");
  test.each(tellable)("%s, with the caller's client", async (_, breakIt, reason) => {
    breakIt();
    await expectOutage(
      upstashStore(new UpstashRedis({ ...restUrl, ...oneTry }), { timeout: patience(reason) }),
      healthy,
      reason,
    );
  });
});
