import { handleOverTcp } from "../../../../handle-over-tcp.mjs";

// Runs on Node, the default, since the Edge has no TCP.
export const GET = (request) => handleOverTcp(request, process.env);
