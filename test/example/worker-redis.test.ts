import { inject } from "vitest";
import { exampleBehaviour } from "./behaviour.ts";
import { newSecret, startService } from "./service.ts";

exampleBehaviour("the Worker, in workerd, on a Redis over HTTP", () =>
  startService("worker", {
    UPSTASH_REDIS_REST_URL: inject("restUrl"),
    UPSTASH_REDIS_REST_TOKEN: inject("restToken"),
    RWT_SECRET: newSecret(),
  }),
);
