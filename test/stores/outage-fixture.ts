import { Redis } from "ioredis";
import { afterEach, expect } from "vitest";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

export const password = "P4ssw0rd-of-the-redis-server";
export const redis = await ownRedis({ password });
export const rest = await ownRest(redis);
export const admin = new Redis(redis.url);
export const restUrl = { url: rest.url, token: rest.token };

export const secret = "S3CRET-that-no-error-may-show-anywhere";
export const data = { mail: "ada.lovelace@users.example" };
export const subject = "subject-of-ada-lovelace";
export const meta = { device: "device-of-ada-lovelace" };

/** Runs every operation on a store that fails; each must say so, and show nothing. */
export async function expectOutage(store: TokenStore, healthy: TokenStore, reason?: string): Promise<void> {
  const rwt = createRwt({ store, secret, verifyExtendsToken: true });
  const token = await createRwt({ store: healthy, secret }).sign(data, { subject, meta });
  const calls = {
    sign: () => rwt.sign(data, { subject, meta }),
    verify: () => rwt.verify(token),
    "plain verify": () => createRwt({ store, secret }).verify(token),
    extend: () => rwt.extend(token),
    destroy: () => rwt.destroy(token),
    connect: () => rwt.connect(),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await call().catch((error: unknown) => error);
    expect(error, name).toBeInstanceOf(StoreUnavailableError);
    expect(error, name).toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    if (reason !== undefined) expect(error, name).toMatchObject({ reason });
    expectNoLeak(error, {
      token,
      "token's end": token.slice(-24),
      secret,
      password,
      "REST token": rest.token,
      payload: data.mail,
      subject,
      device: meta.device,
      key: "rwt:{",
    });
  }
  expectNoLeak([rwt, store], { secret, password, "REST token": rest.token });
}

afterEach(async () => {
  rest.faults.reset();
  if (admin.status === "ready") await admin.config("SET", "maxmemory", "0");
});

export const healthy = ioredisStore(redis.url);
export const kinds = storeKinds(redis, rest);
