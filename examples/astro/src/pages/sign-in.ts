import { seeOther } from "redis-web-token/request";
import { auth } from "../auth.ts";

export async function POST({ request }: { request: Request }): Promise<Response> {
  const form = await request.formData();
  if (form.get("password") !== "secret") return new Response("Wrong password", { status: 401 });
  const name = `${form.get("name")}`;
  return seeOther("/private", await auth.signIn(request, { id: name, name }, { subject: name }));
}
