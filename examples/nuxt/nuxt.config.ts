export default defineNuxtConfig({
  compatibilityDate: "2026-11-01",
  telemetry: false,
  // What depends on a session is never cached.
  routeRules: Object.fromEntries(
    ["/private/**", "/api/**"].map((path) => [path, { headers: { "Cache-Control": "no-store" } }]),
  ),
});
