import { createRwt } from "redis-web-token";
import type { RwtReply, RwtRequest } from "redis-web-token/fastify";
import { ioredisStore } from "redis-web-token/ioredis";
import { sessions } from "redis-web-token/sessions";

export interface User {
  readonly id: string;
  readonly name: string;
}

declare module "fastify" {
  interface FastifyRequest extends RwtRequest<User> {}
  interface FastifyReply extends RwtReply<User> {}
}

const store = ioredisStore(process.env.REDIS_URL ?? "redis://localhost:6379");
export const rwt = createRwt<User>({ store, secret: process.env.RWT_SECRET ?? "" }).with(sessions());
