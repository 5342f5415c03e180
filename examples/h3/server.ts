import { serve } from "h3";
import { createRwt } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { sessions } from "redis-web-token/sessions";
import { createApp, type User } from "./app.ts";

const rwt = createRwt<User>({
  store: ioredisStore(process.env.REDIS_URL ?? "redis://localhost:6379"),
  secret: process.env.RWT_SECRET ?? "", // 32 bytes or more: openssl rand -base64 32
}).with(sessions());

serve(createApp(rwt), { port: Number(process.env.PORT ?? 3000) });
