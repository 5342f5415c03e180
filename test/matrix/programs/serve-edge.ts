/** Serves a bundle in Vercel's Edge Runtime. The arguments are the bundle's file and its environment. */
import { readFileSync } from "node:fs";
import { EdgeRuntime, runServer } from "edge-runtime";

const [, , bundle = ""] = process.argv;
const { REST_URL, REST_TOKEN } = process.env;
const runtime = new EdgeRuntime({
  initialCode: readFileSync(bundle, "utf8"),
  extend: (context) => Object.assign(context, { REST_URL, REST_TOKEN }),
});
const { url } = await runServer({ runtime, host: "127.0.0.1", port: 0 });
console.log(new URL(url).origin);
