export default defineEventHandler(async (event) => accept(event, await authenticate(event)).data);
