import { goTo } from "../answers.ts";
import { signOut } from "../auth.ts";

export async function POST({ request }: { request: Request }): Promise<Response> {
  return goTo("/", await signOut(request));
}
