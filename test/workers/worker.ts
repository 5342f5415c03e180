/** Vitest's Workers plugin wants a main module; the tests bring their own code. */
export default { fetch: (): Response => new Response("tests only", { status: 404 }) };
