import { createRwt, type Rwt, StoreUnavailableError } from "redis-web-token";
import { upstashStore } from "redis-web-token/upstash";

interface Env {
  readonly REST_URL: string;
  readonly REST_TOKEN: string;
  readonly RWT_SECRET: string;
}

/** The service objects for all requests that this isolate serves, made by the first of them. */
const services = new Map<boolean, Rwt>();
let requests = 0;

/** The operations as a URL, so that a test can drive them over real HTTP: `/verify?token=…`. A test's, only. */
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
