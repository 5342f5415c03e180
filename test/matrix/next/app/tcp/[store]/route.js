import { handleOverTcp } from "../../../../handle-over-tcp.mjs";

// Node is the default: the Edge has no TCP.
export const GET = (request) => handleOverTcp(request, process.env);
