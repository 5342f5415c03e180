/** What the examples use of runtimes and packages whose own types would clash with Node's. */

declare module "ws" {
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  interface Socket {
    send(text: string): void;
    close(code: number, reason: string): void;
  }
  export class WebSocketServer {
    constructor(options: { noServer: true });
    handleUpgrade(
      request: IncomingMessage,
      connection: Duplex,
      head: Buffer,
      opened: (socket: Socket) => void,
    ): void;
  }
}

declare module "cloudflare:workers" {
  export class DurableObject<Env> {
    readonly env: Env;
    fetch(request: Request): Promise<Response>;
  }
}

declare const WebSocketPair: new () => { 0: WebSocket; 1: WebSocket & { accept(): void } };

interface ResponseInit {
  webSocket?: WebSocket;
}

declare namespace Bun {
  interface Socket<Data> {
    readonly data: Data;
    send(text: string): void;
    close(code: number, reason: string): void;
  }
  function serve<Data>(options: {
    port: number;
    fetch(
      request: Request,
      server: { upgrade(request: Request, options: { data: Data }): boolean },
    ): Promise<Response | undefined>;
    websocket: {
      open(socket: Socket<Data>): void;
      message(socket: Socket<Data>, message: unknown): void;
      close(socket: Socket<Data>): void;
    };
  }): void;
}

declare namespace Deno {
  function serve(options: { port: number }, fetch: (request: Request) => Promise<Response>): void;
  function upgradeWebSocket(request: Request): { socket: WebSocket; response: Response };
}
