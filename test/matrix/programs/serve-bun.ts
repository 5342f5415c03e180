import { appOver } from "./app.ts";

declare const Bun: {
  readonly env: Record<string, string | undefined>;
  serve(options: { hostname: string; port: number; fetch: (request: Request) => unknown }): { port: number };
};

const app = appOver({ url: Bun.env.REST_URL ?? "", token: Bun.env.REST_TOKEN ?? "" });
const { port } = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.fetch(request) });
console.log(`http://127.0.0.1:${port}`);
