import { cookies } from "next/headers";
import { cache } from "react";
import { createRwt, type TokenStore } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { rwtNext } from "redis-web-token/next";
import { sessions } from "redis-web-token/sessions";

export interface User {
  readonly id: string;
  readonly name: string;
}

// Next evaluates this file more than once, and again after every change: global, so that all share one connection.
const shared = globalThis as { store?: TokenStore };
shared.store ??= ioredisStore(process.env.REDIS_URL ?? "redis://localhost:6379");
const store = shared.store;

const rwt = () => createRwt<User>({ store, secret: process.env.RWT_SECRET ?? "" }).with(sessions());
export const auth = rwtNext({ rwt, cookies, cache });
