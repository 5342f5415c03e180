/** Fetches what only a session may see. On the server, Nuxt passes on the visitor's cookie. A refusal becomes the error page. */
export async function usePrivate<Path extends "/api/me" | "/api/devices">(path: Path) {
  const { data, error } = await useFetch(path);
  if (error.value) throw createError({ statusCode: error.value.statusCode, fatal: true });
  return data;
}
