import { appOver } from "./app.ts";

declare const Deno: {
  readonly env: { get(name: string): string | undefined };
  serve(
    options: { hostname: string; port: number; onListen: (address: { port: number }) => void },
    handler: (request: Request) => Response | Promise<Response>,
  ): unknown;
};

const app = appOver({ url: Deno.env.get("REST_URL") ?? "", token: Deno.env.get("REST_TOKEN") ?? "" });
const onListen = ({ port }: { port: number }) => console.log(`http://127.0.0.1:${port}`);
Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, (request) => app.fetch(request));
