/** The whole path of a request, as Express and h3 1 (Nuxt, Nitro 2) pass it on. */
import { createServer, type RequestListener } from "node:http";
import express from "express";
import { createApp, createRouter, eventHandler, toNodeListener, useBase } from "h3-v1";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { type IncomingRequest, requestAuth } from "../../src/request/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { atEnd } from "../support/at-end.ts";

const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt<string>({ store: memoryStore(), secret });
const auth = requestAuth<string>({ rwt, from: ["cookie"], csrf: { paths: ["/callback", "/auth/callback"] } });

async function statusOf(request: IncomingRequest): Promise<number> {
  const result = await auth.signOut(request);
  return result instanceof Response ? result.status : 200;
}

const SERVERS: Readonly<Record<string, () => RequestListener>> = {
  Express() {
    const app = express();
    const handler = async (req: express.Request, res: express.Response) => {
      res.sendStatus(await statusOf(req));
    };
    for (const mount of ["/auth", "/admin"]) app.use(mount, express.Router().post("/callback", handler));
    return app.post("/callback", handler);
  },
  "h3 1"() {
    const handler = eventHandler(async (event) => new Response(null, { status: await statusOf(event) }));
    const router = createRouter().post("/callback", handler);
    for (const mount of ["/auth", "/admin"])
      router.use(`${mount}/**`, useBase(mount, createRouter().post("/callback", handler).handler));
    return toNodeListener(createApp().use(router));
  },
};

test.each(Object.entries(SERVERS))("csrf.paths are whole paths in %s, below a mount too", async (_, make) => {
  const server = createServer(make());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const headers = { Origin: "https://idp.example", "Sec-Fetch-Site": "cross-site" };
  const post = async (path: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers })).status;
  expect(await post("/callback?code=1")).toBe(200);
  expect(await post("/auth/callback")).toBe(200);
  expect(await post("/admin/callback")).toBe(403);
});
