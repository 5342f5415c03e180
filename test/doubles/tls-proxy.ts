import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { freePort } from "../../tools/free-port.ts";

/** A proxy that terminates TLS. */
export interface TlsProxy {
  /** The origin that browsers see, which the proxy keeps in `Host`. */
  readonly origin: string;
  close(): void;
}

/** Starts a proxy on https://localhost, as users put it before a server that speaks plain HTTP. It signs its certificate itself. */
export async function startTlsProxy(target: string): Promise<TlsProxy> {
  const port = await freePort("http");
  const server = createServer(certificate(), (incoming, outgoing) => {
    const host = `${incoming.headers.host}`;
    const headers = { ...incoming.headers, "x-forwarded-proto": "https", "x-forwarded-host": host };
    const behind = request(target + incoming.url, { method: incoming.method, headers });
    behind.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, outgoing, () => {});
    });
    behind.on("error", () => outgoing.destroy());
    incoming.pipe(behind);
  });
  server.listen(port, "localhost");
  await once(server, "listening");
  return {
    origin: `https://localhost:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function certificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "rwt-tls-proxy-"));
  try {
    const ask =
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -days 2 -keyout key -out cert";
    execFileSync("openssl", ask.split(" "), { stdio: "pipe", cwd: folder });
    const read = (name: string) => readFileSync(join(folder, name));
    return { key: read("key"), cert: read("cert") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
