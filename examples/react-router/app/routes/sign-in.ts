import type { ActionFunctionArgs } from "react-router";
import { seeOther } from "redis-web-token/request";
import { auth } from "../auth.server.ts";

export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  if (form.get("password") !== "secret") throw new Response("Wrong password", { status: 401 });
  const name = `${form.get("name")}`;
  throw seeOther("/private", await auth.signIn(request, { id: name, name }, { subject: name }));
}
