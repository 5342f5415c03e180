import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

// Without ORIGIN, the app takes forms from https alone, as behind a proxy that terminates TLS.
const { ORIGIN } = process.env;

export default defineConfig({
  plugins: [sveltekit({ adapter: adapter(), ...(ORIGIN && { paths: { origin: ORIGIN } }) })],
});
