import type { ActionFunctionArgs } from "react-router";
import { signIn } from "../auth.server.ts";
import { goTo } from "../session.server.ts";

export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  if (form.get("password") !== "secret") throw new Response("Wrong password", { status: 401 });
  const name = `${form.get("name")}`;
  return goTo("/private", await signIn(request, { id: name, name }, { subject: name }));
}
