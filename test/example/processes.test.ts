import { inject } from "vitest";
import { exampleBehaviour } from "./behaviour.ts";
import { newSecret, startService } from "./service.ts";

const tcp = () => ({ REDIS_URL: inject("redisUrl"), RWT_SECRET: newSecret() });
const http = () => ({
  UPSTASH_REDIS_REST_URL: inject("restUrl"),
  UPSTASH_REDIS_REST_TOKEN: inject("restToken"),
  RWT_SECRET: newSecret(),
});

exampleBehaviour("Node, on a Redis over TCP", () => startService("node", tcp()));
exampleBehaviour("Node, on the memory store", () => startService("node"));
exampleBehaviour("Deno, on a Redis over TCP", () => startService("deno", tcp()));
exampleBehaviour("Deno, on a Redis over HTTP", () => startService("deno", http()));
exampleBehaviour("Bun, on a Redis over TCP", () => startService("bun", tcp()));
exampleBehaviour("Bun, on a Redis over HTTP", () => startService("bun", http()));
