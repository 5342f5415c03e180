import { serve } from "@hono/node-server";
import { appOver } from "./app.ts";

const { REST_URL: url = "", REST_TOKEN: token = "" } = process.env;
const { fetch } = appOver({ url, token });
serve({ fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => console.log(`http://127.0.0.1:${port}`));
