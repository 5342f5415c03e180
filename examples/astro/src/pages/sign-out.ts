import { seeOther } from "redis-web-token/request";
import { auth } from "../auth.ts";

export async function POST({ request }: { request: Request }): Promise<Response> {
  return seeOther("/", await auth.signOut(request));
}
