import { afterEach, expect, test, vi } from "vitest";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";

afterEach(() => vi.unstubAllGlobals());

const stores = { ioredisStore, nodeRedisStore } as const;
const url = "redis://127.0.0.1:1";

test.each(Object.entries(stores))(
  "%s isn't for Workers, whose sockets belong to one request",
  (name, open) => {
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
    expect(() => open(url)).toThrow(
      expect.objectContaining({
        code: "ERR_RWT_OPTION_TYPE",
        message: expect.stringContaining(`${name} can't be`),
      }),
    );
  },
);

test.each(Object.entries(stores))("%s says which store takes the URL of a REST API", (_, open) => {
  vi.stubGlobal("navigator", { userAgent: "Node.js" });
  expect(() => open("https://example.test")).toThrow(/use upstashStore/);
});

test("a cluster of ioredis's that reads from replicas is refused", () => {
  vi.stubGlobal("navigator", { userAgent: "Node.js" });
  const client = (scaleReads?: string) => ({ call: async () => "PONG", options: { scaleReads } }) as never;
  expect(() => ioredisStore(client("slave"))).toThrow(
    expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "client" }),
  );
  for (const scaleReads of ["master", undefined]) ioredisStore(client(scaleReads));
});

test("a keyPrefix that node-redis would leave out is refused, in options and in a client", () => {
  vi.stubGlobal("navigator", { userAgent: "Node.js" });
  const refusal = expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "client" });
  const client = { sendCommand: async () => "PONG", isOpen: true, options: { keyPrefix: "app:" } };
  for (const target of [{ url, keyPrefix: "app:" }, client])
    expect(() => nodeRedisStore(target as never)).toThrow(refusal);
});
