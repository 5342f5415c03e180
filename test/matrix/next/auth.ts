import { createRwt } from "redis-web-token";
import { requestAuth } from "redis-web-token/request";
import { upstashStore } from "redis-web-token/upstash";

const rwt = createRwt<{ name: string }>({
  store: upstashStore({
    url: process.env.UPSTASH_REDIS_REST_URL ?? "",
    token: process.env.UPSTASH_REDIS_REST_TOKEN ?? "",
  }),
  secret: process.env.RWT_SECRET ?? "",
});
export const { authenticate, signIn, signOut } = requestAuth({ rwt, from: ["bearer", "cookie"] });
