import { watchSession } from "./auth.ts";

export async function events(request: Request): Promise<Response> {
  const found = await watchSession(request, { signal: request.signal });
  if (found instanceof Response) return found;
  const { watching } = found;
  const stream = new ReadableStream<string>({
    async pull(controller) {
      const { done, value } = await watching.next();
      if (done) controller.close();
      else controller.enqueue(`event: ${value.type}\ndata: {}\n\n`);
    },
    cancel: () => watching.stop(),
  });
  const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-store" };
  return new Response(stream.pipeThrough(new TextEncoderStream()), { headers });
}
