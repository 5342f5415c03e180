import { accept } from "../utils/accept.ts";
import { auth } from "../utils/auth.ts";

export default defineEventHandler(async (event) => {
  const { sessions } = accept(event, await auth.listSessions(event));
  return sessions.map(({ id, issuedAt, current }) => ({ id, issuedAt, current }));
});
