import type { ActionFunctionArgs } from "react-router";
import { seeOther } from "redis-web-token/request";
import { auth } from "../auth.server.ts";

export async function action({ request }: ActionFunctionArgs) {
  throw seeOther("/", await auth.signOut(request));
}
