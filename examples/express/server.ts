import { createRwt } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { sessions } from "redis-web-token/sessions";
import { createApp } from "./app.ts";
import type { User } from "./pages.ts";

const { PORT = "3000", REDIS_URL = "redis://localhost:6379", RWT_SECRET = "" } = process.env;
const rwt = createRwt<User>({ store: ioredisStore(REDIS_URL), secret: RWT_SECRET }).with(sessions());

createApp(rwt).listen(Number(PORT));
