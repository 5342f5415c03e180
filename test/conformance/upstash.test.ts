import { Redis } from "@upstash/redis";
import { upstashStore } from "../../src/stores/upstash.ts";
import { runSuites } from "../support/run-suites.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { createTimeMachine, restSender } from "./time-machine.ts";

const rest = await ownRest(await ownRedis());
const time = createTimeMachine(restSender(rest.url, rest.token));
const { url, token } = rest;

runSuites("upstash by URL and token", time, () => upstashStore({ url, token }));

// With all of the client's defaults: it deserializes, asks for base64, retries and pipelines automatically.
runSuites("upstash with a client as it comes", time, () => upstashStore(new Redis({ url, token })));

runSuites("upstash with a plain client", time, () =>
  upstashStore(
    new Redis({
      url,
      token,
      automaticDeserialization: false,
      responseEncoding: false,
      readYourWrites: false,
      enableAutoPipelining: false,
    }),
  ),
);
