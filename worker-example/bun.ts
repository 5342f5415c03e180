/** The example on Bun. */
import { exampleProcess } from "./process.ts";

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch: (request: Request) => Response | Promise<Response>;
  }): { readonly port: number; stop(): Promise<void> };
};

const { fetch, hostname, port, started } = exampleProcess();
const server = Bun.serve({ hostname, port, fetch: (request) => fetch(request) });
started(server.port, () => server.stop());
