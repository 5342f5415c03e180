import { createRwt } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { requestAuth } from "redis-web-token/request";
import { sessions } from "redis-web-token/sessions";

export interface User {
  readonly id: string;
  readonly name: string;
}

export const rwt = createRwt<User>({
  store: ioredisStore(process.env.REDIS_URL ?? "redis://localhost:6379"),
  secret: process.env.RWT_SECRET ?? "", // 32 bytes or more: openssl rand -base64 32
}).with(sessions());

export const auth = requestAuth<User>({ rwt, from: ["cookie"] });
