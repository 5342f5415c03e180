import { NestFactory } from "@nestjs/core";
import { createRwt } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { sessions } from "redis-web-token/sessions";
import type { User } from "./app.controller.ts";
import { AppModule } from "./app.module.ts";

async function start(): Promise<void> {
  const { PORT = "3000", REDIS_URL = "redis://localhost:6379", RWT_SECRET = "" } = process.env;
  const rwt = createRwt<User>({ store: ioredisStore(REDIS_URL), secret: RWT_SECRET }).with(sessions());
  const app = await NestFactory.create(AppModule.with(rwt));
  await app.listen(Number(PORT));
}

start();
