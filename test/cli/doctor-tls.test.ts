/** What the doctor says where TLS can't be set up: the code by name, and what to do. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TlsOptions } from "node:tls";
import { describe, expect, test } from "vitest";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { examine } from "./examination.ts";
import { runProgram } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "rwt-tls-"));
atEnd(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const openssl = (...args: string[]): void => {
  execFileSync("openssl", args, { stdio: "pipe", cwd: folder });
};

/** An authority that nobody knows. */
const CA = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Authority"];
openssl("req", "-x509", ...CA, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2");

/** Signs a certificate by that authority, and gives what a server needs. */
function certificate(name: string, host: string, ...dates: string[]): TlsOptions {
  writeFileSync(file(`${name}.ext`), `subjectAltName=${host}\n`);
  openssl(
    "req",
    ..."-newkey rsa:2048 -nodes -subj /CN=redis -keyout".split(" "),
    `${name}.key`,
    "-out",
    `${name}.csr`,
  );
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", `${name}.ext`];
  openssl("x509", "-req", "-in", `${name}.csr`, ...signing, "-out", `${name}.pem`, ...dates);
  return { key: readFileSync(file(`${name}.key`)), cert: readFileSync(file(`${name}.pem`)) };
}

const redis = await ownRedis({ password: "pass", args: ["--appendonly", "yes"] });

/** TLS in front of Redis. */
async function portWith(options: TlsOptions): Promise<number> {
  const server = createServer(options, (socket) => {
    const behind = connect(redis.port, "127.0.0.1");
    for (const end of [socket, behind]) end.on("error", () => void [socket.destroy(), behind.destroy()]);
    socket.pipe(behind).pipe(socket);
  });
  server.on("tlsClientError", () => {});
  return portOf(server);
}

async function portOf(server: ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => server.close());
  return (server.address() as { port: number }).port;
}

const local = "IP:127.0.0.1,DNS:localhost";
const good = certificate("good", local, "-days", "1");
const chain = { ...good, cert: `${good.cert}${readFileSync(file("ca.pem"), "utf8")}` };
const alone = { key: readFileSync(file("ca.key")), cert: readFileSync(file("ca.pem")) };
const foreign = certificate("foreign", "DNS:redis.example.test", "-days", "1");
const trusted = { NODE_EXTRA_CA_CERTS: file("ca.pem") };
const urlOf = (port: number): string => `rediss://:pass@127.0.0.1:${port}`;

describe("a certificate that can't be trusted is a problem of TLS, named by its code", () => {
  test.each([
    ["SELF_SIGNED_CERT_IN_CHAIN", chain],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", alone],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", good],
  ])("%s: NODE_EXTRA_CA_CERTS mends it", async (code, options) => {
    const port = await portWith(options);
    for (const REDIS_URL of [urlOf(port), urlOf(port).replace("127.0.0.1", "localhost")]) {
      const report = await examine({ REDIS_URL });
      expect(report).toMatchObject({ code: 1, notOk: { tls: "problem", connection: "problem" } });
      expect(report.said("tls")).toContain(`TLS can't be set up: ${code} → `);
      expect(report.said("tls")).toContain("NODE_EXTRA_CA_CERTS=<file>");
      expect(report.said("connection")).toContain(code);
    }
  });

  test("as it does: the connection is encrypted then", async () => {
    const REDIS_URL = urlOf(await portWith(chain));
    const report = await examine({ REDIS_URL, ...trusted });
    expect(report).toMatchObject({ code: 0, notOk: {} });
    expect(report.said("tls")).toBe("the connection is encrypted → ");
  });

  test("ERR_TLS_CERT_ALTNAME_INVALID: the name in the URL", async () => {
    const report = await examine({ REDIS_URL: urlOf(await portWith(foreign)), ...trusted });
    expect(report.said("tls")).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID → the certificate is for another name/);
  });

  test("CERT_HAS_EXPIRED: renew it", async () => {
    const past = certificate("past", local, "-days", "0");
    const REDIS_URL = urlOf(await portWith(past));
    await expect
      .poll(async () => (await examine({ REDIS_URL, ...trusted })).said("tls"), { timeout: 10_000 })
      .toMatch(/CERT_HAS_EXPIRED → renew/);
  });

  test("over HTTP too", async () => {
    const report = await examine({
      UPSTASH_REDIS_REST_URL: `https://127.0.0.1:${await portWith(chain)}`,
      UPSTASH_REDIS_REST_TOKEN: "token",
    });
    expect(report).toMatchObject({ code: 1, notOk: { tls: "problem" } });
    expect(report.said("tls")).toMatch(/SELF_SIGNED_CERT_IN_CHAIN → .*NODE_EXTRA_CA_CERTS/);
  });

  test("other commands name the code as well", async () => {
    const REDIS_URL = urlOf(await portWith(chain));
    const RWT_SECRET = "tcTyqz0tPnKkdF0VzmA4P3MIq2WeOXL7fd2Nlr3xHhE";
    const outcome = await runProgram(["sign", "--data", "1"], { REDIS_URL, RWT_SECRET });
    expect(outcome).toMatchObject({ code: 3, stderr: expect.stringContaining("SELF_SIGNED_CERT_IN_CHAIN") });
  });
});

test("a port that doesn't speak TLS is a problem of TLS", async () => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.write("-ERR unknown command\r\n"));
  });
  const report = await examine({ REDIS_URL: urlOf(await portOf(server)) }, ["--timeout", "1000"]);
  expect(report).toMatchObject({ code: 1, notOk: { tls: "problem", connection: "problem" } });
  expect(report.said("tls")).toContain("this port doesn't speak TLS");
});

test("where nobody answers, the URL's TLS is neither right nor wrong", async () => {
  const report = await examine({ REDIS_URL: urlOf(1) }, ["--timeout", "1000"]);
  expect(report.notOk).toMatchObject({ tls: "unknown", connection: "problem" });
});
