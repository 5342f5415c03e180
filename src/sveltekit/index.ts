/**
 * Sessions in SvelteKit: a `handle` hook, form actions, and refusals as SvelteKit's own errors and redirects.
 *
 * @module
 */
export { rwtSvelteKit } from "./rwt-sveltekit.ts";
export type { RwtSvelteKit, RwtSvelteKitOptions, SvelteKitEvent, SvelteKitLocals } from "./types.ts";
