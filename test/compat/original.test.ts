import { describe, inject } from "vitest";
import { rwt as edge } from "../../src/compat/edge.ts";
import { rwt } from "../../src/compat/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { originalCases } from "./original-cases.ts";

const { hostname, port } = new URL(inject("redisUrl"));
const http = { url: inject("restUrl"), token: inject("restToken") };

describe("the original's cases over TCP", () =>
  originalCases(rwt, { host: hostname, port, prefix: "sess:" }));
describe("the original's cases over TCP, by URL", () => originalCases(rwt, { url: inject("redisUrl") }));
describe("the original's cases over HTTP", () => originalCases(rwt, http));
describe("the original's cases over HTTP, as Workers get them", () => originalCases(edge, http));
describe("the original's cases over a store", () => originalCases(rwt, nodeRedisStore(inject("redisUrl"))));
