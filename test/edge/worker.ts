import { createRwt, type Rwt, StoreUnavailableError } from "redis-web-token";
import { upstashStore } from "redis-web-token/upstash";

interface Env {
  readonly REST_URL: string;
  readonly REST_TOKEN: string;
  readonly RWT_SECRET: string;
}

/** The service objects for all requests of this isolate. The first request creates them. */
const services = new Map<boolean, Rwt>();
let requests = 0;

/** Maps URLs to operations, so that a test can call them over real HTTP: `/verify?token=…`. Only for tests. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    requests++;
    const { REST_URL: url, REST_TOKEN: token, RWT_SECRET: secret } = env;
    const { pathname, searchParams } = new URL(request.url);
    const verifyExtendsToken = searchParams.get("slide") !== "no";
    const service =
      services.get(verifyExtendsToken) ??
      createRwt({ store: upstashStore({ url, token }), secret, verifyExtendsToken });
    services.set(verifyExtendsToken, service);
    const subject = searchParams.get("token") ?? "";
    try {
      if (pathname === "/sign") {
        const options = JSON.parse(searchParams.get("options") ?? "{}");
        return Response.json(await service.sign(JSON.parse(searchParams.get("data") ?? ""), options));
      }
      if (pathname === "/verify") return Response.json(await service.verify(subject));
      if (pathname === "/verify-all") {
        const tokens = subject.split(" ");
        return Response.json(await Promise.all(tokens.map((token) => service.verify(token))));
      }
      if (pathname === "/extend") return Response.json(await service.extend(subject));
      if (pathname === "/destroy") return Response.json(await service.destroy(subject));
      return Response.json({ requests });
    } catch (error) {
      const reason = error instanceof StoreUnavailableError ? error.reason : String(error);
      return Response.json({ reason }, { status: 503 });
    }
  },
};
