// Before something sensitive, such as a new email address. Whoever had the old token has nothing then.
export default defineEventHandler(async (event) => {
  const form = await readFormData(event);
  if (form.get("password") !== "secret") throw createError({ statusCode: 401, message: "Wrong password" });
  accept(event, await rotateSession(event, { retry: false }));
  return sendRedirect(event, "/private", 303);
});
