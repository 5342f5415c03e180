import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

interface Init {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: FormData;
}

/** A browser without scripts: keeps the session cookie, submits forms, and follows no redirect. */
export class PlainBrowser {
  /** The `Cookie` header that it sends. */
  cookie = "";
  readonly #origin: string;
  readonly #always: Readonly<Record<string, string>>;
  /** The origin of its pages. */
  readonly site: string;

  /** @param host - the name that users know, where a proxy terminates TLS before the server and keeps the name in `Host` */
  constructor(origin: string, host?: string) {
    this.#origin = origin;
    this.#always = host === undefined ? {} : { Host: host, "X-Forwarded-Proto": "https" };
    this.site = host === undefined ? origin : `https://${host}`;
  }

  async open(path: string, { method = "GET", headers, body }: Init = {}): Promise<Answer> {
    // It encodes the form. `fetch` itself lets nobody choose `Host`.
    const encoded = new Response(body ?? null);
    const sending = httpRequest(this.#origin + path, {
      method,
      headers: {
        ...(this.cookie !== "" && { Cookie: this.cookie }),
        ...Object.fromEntries(encoded.headers),
        ...this.#always,
        ...headers,
      },
    });
    sending.end(Buffer.from(await encoded.arrayBuffer()));
    const [answer] = (await once(sending, "response")) as [IncomingMessage];
    for (const line of answer.headers["set-cookie"] ?? [])
      this.cookie = /; Max-Age=0;/i.test(line) ? "" : (line.split(";")[0] ?? "");
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await text(answer) };
  }

  /** Opens a page, and submits the form with this button. */
  async submit(
    path: string,
    button: string,
    fields: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = { Origin: this.site },
  ): Promise<Answer> {
    const page = await this.open(path);
    const form = page.text.split("<form").find((part) => part.includes(`>${button}</button>`));
    if (form === undefined) throw new Error(`${path} has no button "${button}": ${page.status}`);
    const body = new FormData();
    for (const [, name = ""] of form.matchAll(/<input type="hidden" name="([^"]+)"/g)) body.set(name, "");
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.open(path, { method: "POST", body, headers });
  }
}
