import type { SvelteKitLocals } from "redis-web-token/sveltekit";
import type { User } from "#lib/server/auth.ts";

declare global {
  namespace App {
    interface Locals extends SvelteKitLocals<User> {}
  }
}
