/** What an HTTP server, or a gateway in front of it, may answer instead of Redis. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import type { FakeAnswer } from "../doubles/rest-server/faults.ts";
import { atEnd } from "../support/at-end.ts";
import { faultTest } from "./fault-test.ts";
import { type Fault, QUICK, rest } from "./fixture.ts";

const JSON_TYPE = "application/json";
const html = (status: string): string =>
  `<html><body>${status} rwt:{beef} ada.lovelace+x@users.example</body></html>`;
const page = (code: number): FakeAnswer => ({ code, body: html(String(code)), contentType: "text/html" });
const error = (code: number, text: string): FakeAnswer => ({ code, body: JSON.stringify({ error: text }) });
const ok = (body: string, contentType = JSON_TYPE): FakeAnswer => ({ code: 200, body, contentType });
const quota = "ERR max requests limit exceeded. Limit: 500000, Usage: 500001.";

type Row = readonly [name: string, answer: FakeAnswer, ...reasons: Fault["reasons"]];

const ANSWERS: readonly Row[] = [
  ["401 in JSON", error(401, "Unauthorized"), "auth"],
  ["401 of Upstash's", error(401, "WRONGPASS invalid or missing auth token"), "auth"],
  ["401 in HTML", page(401), "reply"],
  ["403 in JSON", error(403, "Forbidden"), "server"],
  ["403 in HTML", page(403), "reply"],
  ["404 in HTML", page(404), "reply"],
  ["404 in JSON", error(404, "not found"), "server"],
  ["429 in JSON", error(429, "Too Many Requests"), "server"],
  ["429, the quota", error(429, quota), "quota"],
  ["400, the quota", error(400, quota), "quota"],
  [
    "500 in JSON, which holds what was sent",
    error(500, "GET rwt:{beef} ada.lovelace+x@users.example"),
    "server",
  ],
  ["502 in HTML", page(502), "reply"],
  ["503 in HTML", page(503), "reply"],
  ["503 in JSON", error(503, "Service Unavailable"), "server"],
  ["504 in HTML", page(504), "reply"],
  ["500 with an empty body", { code: 500, body: "" }, "reply"],
  ["200 in HTML", ok(html("200"), "text/html"), "reply"],
  ["200 with an empty body", ok(""), "reply"],
  ["JSON of a string", ok('"hello"'), "reply"],
  ["JSON of a list", ok("[]"), "reply"],
  ["JSON of an empty object", ok("{}"), "reply"],
  ["JSON of another API", ok('{"data":{"result":null}}'), "reply"],
  ["a result of another command", ok('{"result":7}'), "reply"],
  ["a result that is a list", ok('{"result":["a","b"]}'), "reply"],
  ["a result that is true", ok('{"result":true}'), "reply"],
  ["JSON cut in the middle", ok('{"result":"{\\"v\\":1,\\"da'), "reply"],
  [
    "an error and a result",
    { code: 200, body: '{"result":null,"error":"ERR rwt:{beef}"}' },
    "server",
    "reply",
  ],
  ["an error that is an object", ok('{"error":{"message":"rwt:{beef}"}}'), "server", "reply"],
  ["an error that is empty", ok('{"error":""}'), "reply"],
];

for (const [name, answer, ...reasons] of ANSWERS) {
  faultTest({
    name,
    over: "HTTP",
    breakAll: () => {
      rest.faults.status = answer;
    },
    mendAll: () => rest.faults.reset(),
    reasons,
  });
}

faultTest({
  name: "no answer at all",
  over: "HTTP",
  breakAll: () => {
    rest.faults.hang = true;
  },
  mendAll: () => rest.faults.reset(),
  reasons: ["timeout"],
  timeout: QUICK,
});

faultTest({
  name: "half of the right answer",
  over: "HTTP",
  breakAll: () => {
    rest.faults.truncate = true;
  },
  mendAll: () => rest.faults.reset(),
  reasons: ["reply"],
});

faultTest({
  name: "the right answer under another content type: no outage",
  over: "HTTP",
  breakAll: () => {},
  hits: [],
  reasons: [],
});

test("a redirect to another host is not an answer, and the token isn't sent there", async () => {
  const seen: (string | undefined)[] = [];
  const elsewhere = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end(html("200"));
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const url = await serve((_, response) => void response.writeHead(status, { Location: elsewhere }).end());
    const store = upstashStore({ url, token: rest.token });
    const rwt = createRwt({ store, secret: "a secret of the tests, 32 bytes or more" });
    await expect(rwt.sign("data"), String(status)).rejects.toMatchObject({ reason: "reply" });
    // Before the session is taken back, which would send another request.
    await rwt.disconnect();
  }
  expect(seen).toEqual(Array.from({ length: 5 }, () => undefined));
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => server.closeAllConnections());
  atEnd(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
