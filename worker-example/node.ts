/** The example on Node. */
import { promisify } from "node:util";
import { serve } from "@hono/node-server";
import { exampleProcess } from "./process.ts";

const { fetch, hostname, port, started } = exampleProcess();
const server = serve({ fetch, hostname, port }, (address) => {
  started(address.port, promisify(server.close.bind(server)));
});
