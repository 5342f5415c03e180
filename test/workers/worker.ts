/** Vitest's Workers plugin needs a main module. The tests contain their own code. */
export default { fetch: (): Response => new Response("tests only", { status: 404 }) };
