import { createRwt } from "redis-web-token";
import { bunRedisStore } from "redis-web-token/bun";
import { sessions } from "redis-web-token/sessions";
import { createApp, type User } from "./app.ts";

const rwt = createRwt<User>({
  store: bunRedisStore(process.env.REDIS_URL ?? "redis://localhost:6379"),
  secret: process.env.RWT_SECRET ?? "", // 32 bytes or more: openssl rand -base64 32
}).with(sessions());

createApp(rwt).listen(Number(process.env.PORT ?? 3000));
