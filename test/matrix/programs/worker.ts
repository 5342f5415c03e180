import { handle } from "./handler.ts";

export default {
  fetch: (request: Request, env: { readonly REST_URL: string; readonly REST_TOKEN: string }) =>
    handle(request, { url: env.REST_URL, token: env.REST_TOKEN }),
};
