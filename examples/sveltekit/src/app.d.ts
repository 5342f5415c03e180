import type { Session } from "redis-web-token";
import type { User } from "#lib/server/auth.ts";

declare global {
  namespace App {
    interface Locals {
      readonly session: Session<User> | null;
    }
  }
}
