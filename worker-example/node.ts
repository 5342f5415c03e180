/** The example on Node. */
import { promisify } from "node:util";
import { type HttpBindings, serve } from "@hono/node-server";
import { exampleProcess } from "./process.ts";

const { fetch, hostname, port, started } = exampleProcess();
const server = serve(
  {
    fetch: (request, env) => fetch(request, (env as HttpBindings).incoming.socket.remoteAddress),
    hostname,
    port,
  },
  (address) => started(address.port, promisify(server.close.bind(server))),
);
