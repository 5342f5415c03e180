import { DurableObject } from "cloudflare:workers";
import { createRwt } from "redis-web-token";
import { requestAuth } from "redis-web-token/request";
import { upstashStore } from "redis-web-token/upstash";
import { watch } from "redis-web-token/watch";

interface Env {
  readonly ROOM: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
  readonly UPSTASH_REDIS_REST_URL: string;
  readonly UPSTASH_REDIS_REST_TOKEN: string;
  readonly RWT_SECRET: string;
}

export class Room extends DurableObject<Env> {
  // Of this object alone, so its sockets may share one look at Redis.
  readonly auth = requestAuth({
    rwt: () =>
      createRwt<{ id: string }>({
        store: upstashStore({
          url: this.env.UPSTASH_REDIS_REST_URL,
          token: this.env.UPSTASH_REDIS_REST_TOKEN,
        }),
        secret: this.env.RWT_SECRET,
      }).with(watch({ shared: true, every: 1 })),
    from: ["cookie"],
  });

  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    const found = await this.auth.watchSession(request, { upgrade: true });
    if (found instanceof Response) return found;
    const { session, watching } = found;
    const { 0: client, 1: socket } = new WebSocketPair();
    socket.accept();
    socket.send(`hello ${session.data.id}`);
    socket.addEventListener("close", () => watching.stop());
    void watching.ended.then((end) => end && socket.close(4401, end.reason));
    return new Response(null, { status: 101, webSocket: client });
  }
}

export default {
  fetch: (request: Request, env: Env): Promise<Response> => env.ROOM.getByName("lobby").fetch(request),
};
