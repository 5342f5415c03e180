import { cookies } from "next/headers";
import { cache } from "react";
import { createRwt } from "../../../../../dist/index.js";
import { rwtNext } from "../../../../../dist/next/index.js";
import { ioredisStore } from "../../../../../dist/stores/ioredis.js";
import { secret } from "../../../../lib/user.ts";

export const dynamic = "force-dynamic";

globalThis.store ??= ioredisStore(process.env.REDIS_URL ?? "redis://not-during-the-build");
const auth = rwtNext({ rwt: () => createRwt({ store: globalThis.store, secret }), cookies, cache });

export async function GET(request) {
  const session = await auth.route.authenticate(request);
  if (session instanceof Response) return session;
  return Response.json({ id: session.data.id });
}
