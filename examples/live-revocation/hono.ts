import { type Context, Hono } from "hono";
import { upgradeWebSocket, websocket } from "hono/bun"; // or "hono/deno", "@hono/node-server", "hono/cloudflare-workers"
import { rwtAuth, watchSession } from "redis-web-token/hono";
import { rwt } from "./auth.ts";

const app = new Hono();
app.use("/socket", rwtAuth({ rwt, from: ["cookie"] }));
app.get(
  "/socket",
  upgradeWebSocket(async (c: Context) => {
    const watching = await watchSession(c);
    return {
      onOpen(_, socket) {
        socket.send(`hello ${c.get("session").data.id}`);
        void watching?.ended.then((end) => end && socket.close(4401, end.reason));
      },
      onClose: () => watching?.stop(),
    };
  }),
);

export default { port: Number(process.env.PORT ?? 3000), fetch: app.fetch, websocket };
