import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { watchSession } from "./auth.ts";

const server = createServer();
const sockets = new WebSocketServer({ noServer: true });

server.on("upgrade", async (request, connection, head) => {
  connection.on("error", () => {}); // without a listener, a client's reset would end the process
  const found = await watchSession(request, { upgrade: true });
  if (found instanceof Response) {
    connection.end(`HTTP/1.1 ${found.status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    return;
  }
  const { session, watching } = found;
  if (connection.destroyed) return watching.stop(); // the client left during the check
  connection.on("close", () => watching.stop());
  sockets.handleUpgrade(request, connection, head, (socket) => {
    socket.send(`hello ${session.data.id}`);
    void watching.ended.then((end) => end && socket.close(4401, end.reason));
  });
});

server.listen(Number(process.env.PORT ?? 3000));
