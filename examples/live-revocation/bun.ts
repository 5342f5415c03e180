import type { WatchedSession } from "redis-web-token/request";
import { watchSession } from "./auth.ts";

type Data = WatchedSession<{ id: string }>;

Bun.serve<Data>({
  port: Number(process.env.PORT ?? 3000),
  async fetch(request, server) {
    const found = await watchSession(request, { upgrade: true });
    if (found instanceof Response) return found;
    if (server.upgrade(request, { data: found })) return undefined;
    found.watching.stop();
    return new Response(null, { status: 426 });
  },
  websocket: {
    open(socket) {
      const { session, watching } = socket.data;
      socket.send(`hello ${session.data.id}`);
      void watching.ended.then((end) => end && socket.close(4401, end.reason));
    },
    message() {},
    close: (socket) => socket.data.watching.stop(),
  },
});
