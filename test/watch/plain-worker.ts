import { createRwt } from "redis-web-token";
import { requestAuth } from "redis-web-token/request";
import { upstashStore } from "redis-web-token/upstash";
import { watch } from "redis-web-token/watch";

interface Env {
  readonly UPSTASH_REDIS_REST_URL: string;
  readonly UPSTASH_REDIS_REST_TOKEN: string;
  readonly RWT_SECRET: string;
}

declare const WebSocketPair: new () => { 0: WebSocket; 1: WebSocket & { accept(): void } };

let auth: ReturnType<typeof makeAuth> | undefined;

/** One service for all requests of the isolate, as `rwtAuth` makes it. */
const makeAuth = ({
  UPSTASH_REDIS_REST_URL: url,
  UPSTASH_REDIS_REST_TOKEN: token,
  RWT_SECRET: secret,
}: Env) =>
  requestAuth({
    rwt: createRwt<{ id: string }>({ store: upstashStore({ url, token }), secret }).with(watch({ every: 1 })),
    from: ["cookie"],
  });

export class Room {}

/** A Worker whose requests watch their sessions, without a Durable Object. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    auth ??= makeAuth(env);
    const found = await auth.watchSession(request, { upgrade: true });
    if (found instanceof Response) return found;
    const { session, watching } = found;
    const { 0: client, 1: socket } = new WebSocketPair();
    socket.accept();
    socket.send(`hello ${session.data.id}`);
    socket.addEventListener("close", () => watching.stop());
    void watching.ended.then((end) => end && socket.close(4401, end.reason));
    return new Response(null, { status: 101, webSocket: client } as ResponseInit);
  },
};
