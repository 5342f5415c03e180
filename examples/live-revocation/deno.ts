import { watchSession } from "./auth.ts";

Deno.serve({ port: Number(process.env.PORT ?? 3000) }, async (request) => {
  const { signal } = request; // from the beginning: no event of the socket tells that the client left during the check
  const found = await watchSession(request, { upgrade: true });
  if (found instanceof Response) return found;
  const { session, watching } = found;
  try {
    signal.throwIfAborted();
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => {
      socket.send(`hello ${session.data.id}`);
      void watching.ended.then((end) => end && socket.close(4401, end.reason));
    };
    socket.onclose = () => watching.stop();
    return response;
  } catch {
    watching.stop(); // it has left, or opens no WebSocket
    return new Response(null, { status: 426 });
  }
});
