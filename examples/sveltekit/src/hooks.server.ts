import { auth } from "#lib/server/auth.ts";

export const handle = auth.handle;
