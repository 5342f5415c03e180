import { isObject } from "../lib/json.ts";

/** The part of `@upstash/redis`'s HTTP client that sends. */
interface Requester {
  upstashSyncToken?: string;
  request(sent: { readonly path?: readonly string[]; readonly body?: unknown }): Promise<unknown>;
}

/** Where and how requests are sent. */
interface Target {
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Whether `fetch` sends a request again if a connection breaks, even if Redis has executed it: denoland/deno#32566. */
export const fetchResends: boolean = "Deno" in globalThis;

/** Makes a client send each of its commands once. Deno can't repeat a body that is a stream, and it makes a stream of a Blob. */
export function sendOnce(client: object, { url, token, signal }: Target): void {
  const { client: requester } = client as { readonly client: Requester };
  requester.request = async ({ path = [], body }) => {
    const response = await fetch([url.replace(/\/$/, ""), ...path].join("/"), {
      method: "POST",
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        "Upstash-Sync-Token": requester.upstashSyncToken ?? "",
      },
      body: new Blob([JSON.stringify(body)]),
      signal,
    });
    const answer: unknown = JSON.parse(await response.text());
    // The client throws it, as it does with an error in an answer of status 200.
    if (!response.ok) return { error: isObject(answer) ? String(answer.error) : "ERR" };
    requester.upstashSyncToken = response.headers.get("Upstash-Sync-Token") ?? "";
    return answer;
  };
}
