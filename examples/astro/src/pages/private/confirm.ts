import { seeOther } from "redis-web-token/request";
import { auth } from "../../auth.ts";

// Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
export async function POST({ request }: { request: Request }): Promise<Response> {
  const form = await request.formData();
  if (form.get("password") !== "secret") return new Response("Wrong password", { status: 401 });
  return seeOther("/private", await auth.rotateSession(request, { retry: false }));
}
