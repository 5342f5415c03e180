import { type Context, Hono } from "hono";
import { upgradeWebSocket, websocket } from "hono/bun"; // on Bun
import { rwtAuth, watchSession } from "redis-web-token/hono";
import { rwt } from "./auth.ts";

const app = new Hono();
app.use("/socket", rwtAuth({ rwt, from: ["cookie"] }));
app.get(
  "/socket",
  upgradeWebSocket((c: Context) => {
    const closed = new AbortController();
    return {
      // Not before, since nobody would stop a watch whose socket never opens.
      async onOpen(_, socket) {
        socket.send(`hello ${c.get("session").data.id}`);
        const watching = await watchSession(c, { signal: closed.signal });
        const end = await watching?.ended;
        if (end) socket.close(4401, end.reason);
      },
      onClose: () => closed.abort(),
    };
  }),
);

export default { port: Number(process.env.PORT ?? 3000), fetch: app.fetch, websocket };
