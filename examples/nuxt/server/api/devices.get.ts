export default defineEventHandler(async (event) => {
  const { sessions } = accept(event, await listSessions(event));
  return sessions.map(({ id, issuedAt, current }) => ({ id, issuedAt, current }));
});
