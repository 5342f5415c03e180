export default defineEventHandler(async (event) => {
  accept(event, await endOtherSessions(event));
  accept(event, await signOut(event));
  return sendRedirect(event, "/", 303);
});
