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
        message: expect.stringContaining(`${name} doesn't work on Cloudflare Workers`),
      }),
    );
  },
);

test.each(Object.entries(stores))("%s says which store takes the URL of a REST API", (_, open) => {
  vi.stubGlobal("navigator", { userAgent: "Node.js" });
  expect(() => open("https://example.test")).toThrow(/use upstashStore/);
});

test.each([{ scaleReads: "slave" }, { scaleReads: "all" }, { role: "slave" }, { readOnly: true }])(
  "a client or options of ioredis's that may read from replicas are refused: %o",
  (options) => {
    vi.stubGlobal("navigator", { userAgent: "Node.js" });
    const refusal = expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "client" });
    expect(() => ioredisStore({ call: async () => "PONG", options } as never)).toThrow(refusal);
    expect(() => ioredisStore({ port: 1, ...options } as never)).toThrow(refusal);
  },
);

test("a client or options of node-redis's that may read from replicas are refused", () => {
  vi.stubGlobal("navigator", { userAgent: "Node.js" });
  const refusal = expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "client" });
  const client = { sendCommand: async () => "PONG", isOpen: true, options: { readonly: true } };
  for (const target of [client, { url, readonly: true }])
    expect(() => nodeRedisStore(target as never)).toThrow(refusal);
});

test.each([{}, { scaleReads: "master" }, { role: "master", readOnly: false }, { readonly: false }])(
  "those that ask primaries are taken: %o",
  (options) => {
    vi.stubGlobal("navigator", { userAgent: "Node.js" });
    ioredisStore({ call: async () => "PONG", options } as never);
    nodeRedisStore({ sendCommand: async () => "PONG", isOpen: true, options } as never);
  },
);

test("a keyPrefix that node-redis would leave out is refused, in options and in a client", () => {
  vi.stubGlobal("navigator", { userAgent: "Node.js" });
  const refusal = expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "client" });
  const client = { sendCommand: async () => "PONG", isOpen: true, options: { keyPrefix: "app:" } };
  for (const target of [{ url, keyPrefix: "app:" }, client])
    expect(() => nodeRedisStore(target as never)).toThrow(refusal);
});
