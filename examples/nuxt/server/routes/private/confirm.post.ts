import { seeOther } from "redis-web-token/request";
import { auth } from "../../utils/auth.ts";

// Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
export default defineEventHandler(async (event) => {
  const form = await readFormData(event);
  if (form.get("password") !== "secret") throw createError({ statusCode: 401, message: "Wrong password" });
  return seeOther("/private", await auth.rotateSession(event, { retry: false }));
});
