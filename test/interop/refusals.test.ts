import { expect, test } from "vitest";
import { ownRedis } from "../support/servers.ts";
import { clients, describeClients } from "./clients.ts";

const redis = await ownRedis();
const secret = "a secret that all languages share, 32 bytes or more";

describeClients("wrong options and arguments in another language", clients, ({ start }) => {
  const ask = start(redis.port);

  test.each([
    [{ expire: "60" }, "TYPE"],
    [{ expire: 0 }, "RANGE"],
    [{ verifyExtendsToken: 1 }, "TYPE"],
    [{ expires: 60 }, "UNKNOWN"],
    [{ prefix: "{x}" }, "RANGE"],
    [{ encrypt: 1 }, "TYPE"],
    [{ acceptPlain: "no" }, "TYPE"],
  ])("refuses the configuration %j", async (config, kind) => {
    await expect(start(redis.port, config)("connect")).rejects.toThrow(`ERR_RWT_OPTION_${kind}`);
  });

  test.each<[string, unknown[], string]>([
    ["sign", [1, ""], "OPTION_RANGE"],
    ["sign", [1, []], "OPTION_RANGE"],
    ["sign", [1, secret, { ttl: 5 }], "OPTION_UNKNOWN"],
    ["sign", [1, secret, { subject: "" }], "OPTION_RANGE"],
    ["sign", [1, secret, { subject: 42 }], "OPTION_TYPE"],
    ["sign", [1, secret, { meta: ["a"] }], "OPTION_TYPE"],
    ["verify", ["t", [1]], "OPTION_TYPE"],
    ["destroyAll", ["", secret], "OPTION_RANGE"],
    ["destroyAll", ["42", secret, { except: 1 }], "OPTION_TYPE"],
    ["updateAll", ["", secret, 1], "OPTION_RANGE"],
    ["list", ["", secret], "OPTION_RANGE"],
  ])("refuses %s%j", async (op, args, code) => {
    await expect(ask(op, ...args)).rejects.toThrow(`ERR_RWT_${code}`);
  });
});
