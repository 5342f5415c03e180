/** The example on Deno. */
import { exampleProcess } from "./process.ts";

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen: (address: { port: number }) => void },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Response | Promise<Response>,
  ): { shutdown(): Promise<void> };
};

const { fetch, hostname, port, started } = exampleProcess();
const server = Deno.serve(
  { hostname, port, onListen: (address) => started(address.port, () => server.shutdown()) },
  (request, { remoteAddr }) => fetch(request, remoteAddr.hostname),
);
