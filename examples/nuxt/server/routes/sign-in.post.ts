export default defineEventHandler(async (event) => {
  const form = await readFormData(event);
  if (form.get("password") !== "secret") throw createError({ statusCode: 401, message: "Wrong password" });
  const name = `${form.get("name")}`;
  accept(event, await signIn(event, { id: name, name }, { subject: name }));
  return sendRedirect(event, "/private", 303);
});
