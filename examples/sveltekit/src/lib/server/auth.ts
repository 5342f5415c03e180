import { error, redirect } from "@sveltejs/kit";
import { createRwt } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { sessions } from "redis-web-token/sessions";
import { rwtSvelteKit } from "redis-web-token/sveltekit";

export interface User {
  readonly id: string;
  readonly name: string;
}

const store = ioredisStore(process.env.REDIS_URL ?? "redis://localhost:6379");
const rwt = () => createRwt<User>({ store, secret: process.env.RWT_SECRET ?? "" }).with(sessions());

export const auth = rwtSvelteKit({
  rwt,
  refuse: (status) => (status === 401 ? redirect(303, "/") : error(status, "Please try again in a moment.")),
});

// adapter-node has closed its server then, and the connection to Redis would keep the process.
process.once("sveltekit:shutdown", () => store.disconnect());
