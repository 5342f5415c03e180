import { seeOther } from "redis-web-token/request";
import { auth } from "../../auth.ts";

// Before something sensitive, such as a new email address. Whoever had the old token has nothing then.
export async function POST({ request }: { request: Request }): Promise<Response> {
  const form = await request.formData();
  if (form.get("password") !== "secret") return new Response("Wrong password", { status: 401 });
  return seeOther("/private", await auth.rotateSession(request, { retry: false }));
}
