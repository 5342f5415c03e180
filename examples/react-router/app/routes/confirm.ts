import type { ActionFunctionArgs } from "react-router";
import { seeOther } from "redis-web-token/request";
import { auth } from "../auth.server.ts";

// Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  if (form.get("password") !== "secret") throw new Response("Wrong password", { status: 401 });
  throw seeOther("/private", await auth.rotateSession(request, { retry: false }));
}
