// For app/[...path]/route.js, on the runtime of the row, which Next reads from the source text.
import { handle } from "../../../handler.mjs";

export const runtime = "edge";

const answer = (request) => handle(request, { url: process.env.REST_URL, token: process.env.REST_TOKEN });

export { answer as GET, answer as POST };
