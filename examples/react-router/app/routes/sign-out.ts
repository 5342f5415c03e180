import type { ActionFunctionArgs } from "react-router";
import { signOut } from "../auth.server.ts";
import { goTo } from "../session.server.ts";

export const action = async ({ request }: ActionFunctionArgs) => goTo("/", await signOut(request));
