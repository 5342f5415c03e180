import { createRwt } from "redis-web-token";
import { expressAuth } from "redis-web-token/express";
import { ioredisStore } from "redis-web-token/ioredis";
import { sessions } from "redis-web-token/sessions";

export interface User {
  readonly id: string;
  readonly name: string;
}

const store = ioredisStore(process.env.REDIS_URL ?? "redis://localhost:6379");
const rwt = createRwt<User>({ store, secret: process.env.RWT_SECRET ?? "" }).with(sessions());
export const auth = expressAuth({ rwt, from: ["bearer", "cookie"] });
