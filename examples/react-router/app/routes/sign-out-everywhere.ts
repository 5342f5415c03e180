import type { ActionFunctionArgs } from "react-router";
import { endOtherSessions, signOut } from "../auth.server.ts";
import { accept, goTo } from "../session.server.ts";

export async function action({ request }: ActionFunctionArgs) {
  accept(await endOtherSessions(request));
  return goTo("/", await signOut(request));
}
