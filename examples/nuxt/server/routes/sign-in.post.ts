import { seeOther } from "redis-web-token/request";
import { auth } from "../utils/auth.ts";

export default defineEventHandler(async (event) => {
  const form = await readFormData(event);
  if (form.get("password") !== "secret") throw createError({ statusCode: 401, message: "Wrong password" });
  const name = `${form.get("name")}`;
  return seeOther("/private", await auth.signIn(event, { id: name, name }, { subject: name }));
});
