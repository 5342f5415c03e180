import { goTo } from "../answers.ts";
import { endOtherSessions, signOut } from "../auth.ts";

export async function POST({ request }: { request: Request }): Promise<Response> {
  const ended = await endOtherSessions(request);
  return ended instanceof Response ? ended : goTo("/", await signOut(request));
}
