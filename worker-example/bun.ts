/** The example on Bun. */
import { exampleProcess } from "./process.ts";

interface Server {
  readonly port: number;
  requestIP(request: Request): { readonly address: string } | null;
  stop(): Promise<void>;
}

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch: (request: Request, server: Server) => Response | Promise<Response>;
  }): Server;
};

const { fetch, hostname, port, started } = exampleProcess();
const server = Bun.serve({
  hostname,
  port,
  fetch: (request, server) => fetch(request, server.requestIP(request)?.address),
});
started(server.port, () => server.stop());
