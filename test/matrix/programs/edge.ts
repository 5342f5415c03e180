import { handle } from "./handler.ts";

declare const REST_URL: string;
declare const REST_TOKEN: string;
interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

addEventListener("fetch", (event) => {
  const { request, respondWith } = event as unknown as FetchEvent;
  respondWith.call(event, handle(request, { url: REST_URL, token: REST_TOKEN }));
});
