import { createRwt } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { requestAuth } from "redis-web-token/request";
import { watch } from "redis-web-token/watch";

export const rwt = createRwt<{ id: string }>({
  store: ioredisStore(process.env.REDIS_URL ?? "redis://localhost:6379"),
  secret: process.env.RWT_SECRET ?? "",
}).with(watch());
export const { watchSession } = requestAuth({ rwt, from: ["cookie"] });
