/** What only a real connection can do: duplicate headers, endless bodies, bytes that no client sends. */
import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { serveApp } from "../support/serve-app.ts";
import { ada, appWith, asBilling, billing, rwt } from "./fixture.ts";

const { hostname, port } = new URL(await serveApp(appWith()));
const token = await rwt.sign(ada);
const credentials = `Authorization: ${asBilling.Authorization}`;
const FORM = "Content-Type: application/x-www-form-urlencoded";

/** Sends bytes unchanged, until the server answers. Returns status, headers and body. */
async function send(headers: readonly string[], body: string, path = "/oauth/introspect"): Promise<string> {
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  const lines = [`POST ${path} HTTP/1.1`, `Host: ${hostname}`, "Connection: close", ...headers, "", body];
  socket.write(Buffer.from(lines.join("\r\n"), "latin1"));
  let answer = "";
  socket.on("data", (chunk: Buffer) => {
    answer += chunk.toString();
  });
  await once(socket, "close");
  return answer;
}
const sized = (body: string): string => `Content-Length: ${body.length}`;
const form = `token=${token}`;

test("the valid request, from which the others differ, is accepted", async () => {
  expect(await send([credentials, FORM, sized(form)], form)).toMatch(/^HTTP\/1.1 200 .*"active":true/s);
});

test("two ways to authenticate at once are refused, in either order", async () => {
  const other = `Authorization: Bearer ${billing.secret}`;
  for (const both of [
    [credentials, other],
    [other, credentials],
    [credentials, credentials],
  ]) {
    expect(await send([...both, FORM, sized(form)], form)).toMatch(/^HTTP\/1.1 401 .*invalid_client/s);
  }
});

test("bytes in Basic that aren't ASCII are refused without an error", async () => {
  const pairs = [`bill\xefng:${billing.secret}`, `billing:\x80\xff\x00${"x".repeat(40)}`];
  for (const value of [...pairs.map(btoa), "\xe9\xe9\xe9", `${btoa(`billing:${billing.secret}`)}\xa0`]) {
    expect(await send([`Authorization: Basic ${value}`, FORM, sized(form)], form)).toMatch(/^HTTP\/1.1 401 /);
  }
});

test("a body that is too large is refused, by its Content-Length and by its actual size", async () => {
  const large = `${form}&x=${"x".repeat(10_000)}`;
  expect(await send([credentials, FORM, sized(large)], large)).toMatch(/^HTTP\/1.1 413 /);
  expect(await send([credentials, FORM, "Content-Length: 99999999"], form)).toMatch(/^HTTP\/1.1 413 /);
  const chunked = `${large.length.toString(16)}\r\n${large}\r\n`;
  expect(await send([credentials, FORM, "Transfer-Encoding: chunked"], chunked)).toMatch(/^HTTP\/1.1 413 /);
});

test("an unauthenticated request is refused before the body has arrived", async () => {
  expect(await send([FORM, "Content-Length: 99999999"], form)).toMatch(/^HTTP\/1.1 401 /);
});
