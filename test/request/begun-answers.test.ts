/** Calls after the answer has begun, whose cookie nobody would get. */
import type { ServerResponse } from "node:http";
import { Controller, Post, Res } from "@nestjs/common";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expressAuth } from "../../src/express/index.ts";
import { type RwtReply, type RwtRequest, rwtFastify } from "../../src/fastify/index.ts";
import { createRwt } from "../../src/index.ts";
import { Auth, type NestAuth } from "../../src/nest/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { majors, serve as serveListener } from "../express/fixture.ts";
import { ADAPTERS, serve as serveNest } from "../nest/fixture.ts";
import { atEnd } from "../support/at-end.ts";

interface User {
  readonly id: string;
}
const OTHER = { subject: "other" };
const store = memoryStore();
/** Lets a response begin while a session is being made. */
let whileCreating = () => {};
const rwt = createRwt<User>({
  store: {
    ...store,
    async create(...args) {
      whileCreating();
      await store.create(...args);
    },
  },
  secret: "a secret of the tests, 32 bytes or more",
}).with(sessions());
const from = ["bearer", "cookie"] as const;

/** The calls of one request, in each framework. */
interface Calls {
  signIn(): Promise<unknown>;
  signOut(): Promise<unknown>;
  rotate(): Promise<unknown>;
  list(): Promise<unknown>;
}
/** Begins an answer, and ends it with the outcome of the call that the path names. */
async function answer(path: string, raw: ServerResponse, calls: Calls): Promise<void> {
  const [, , call = "", isMeanwhile] = path.split("/");
  const begin = () => {
    raw.writeHead(200);
    raw.write("");
  };
  if (isMeanwhile) whileCreating = begin;
  else begin();
  const outcome = await calls[call as keyof Calls]().then(
    () => "done",
    (error: { code?: string }) => `${error.code}`,
  );
  raw.end(outcome);
}

async function expressOrigin(create: (typeof majors)[number][1]): Promise<string> {
  const auth = expressAuth({ rwt, from });
  const app = create();
  app.use(async (req, res) => {
    await answer(req.path, res, {
      signIn: () => auth.signIn(req, res, { id: "other" }, OTHER),
      signOut: () => auth.signOut(req, res),
      rotate: () => auth.rotateSession(req, res, { retry: false }),
      list: () => auth.listSessions(req, res),
    });
  });
  return serveListener(app);
}

async function fastifyOrigin(): Promise<string> {
  const app = Fastify();
  await app.register(rwtFastify, { rwt, from });
  app.all("/*", async (request: FastifyRequest, reply: FastifyReply) => {
    const [req, res] = [request, reply] as unknown as [RwtRequest<User>, RwtReply<User>];
    reply.hijack();
    await answer(request.url, reply.raw, {
      signIn: () => res.signIn({ id: "other" }, OTHER),
      signOut: () => res.signOut(),
      rotate: () => res.rotateSession({ retry: false }),
      list: () => req.listSessions(),
    });
  });
  atEnd(() => app.close());
  return app.listen({ host: "127.0.0.1", port: 0 });
}

function nestOrigin(adapterOf: (typeof ADAPTERS)[number][1]): Promise<string> {
  class Late {
    async late(auth: NestAuth<User>, res: ServerResponse | FastifyReply) {
      const isFastify = "raw" in res;
      if (isFastify) res.hijack();
      const raw = isFastify ? res.raw : res;
      await answer(`${raw.req.url}`, raw, {
        signIn: () => auth.signIn({ id: "other" }, OTHER),
        signOut: () => auth.signOut(),
        rotate: () => auth.rotateSession({ retry: false }),
        list: () => auth.listSessions(),
      });
    }
  }
  Controller()(Late);
  const descriptor = Object.getOwnPropertyDescriptor(Late.prototype, "late") ?? {};
  Auth()(Late.prototype, "late", 0);
  Res()(Late.prototype, "late", 1);
  Post(["signIn", "signIn/meanwhile", "signOut", "rotate", "list"].map((path) => `late/${path}`))(
    Late.prototype,
    "late",
    descriptor,
  );
  return serveNest(adapterOf, { rwt, from }, { controllers: [Late] });
}

describe.each([
  ...majors.map(([name, create]) => [name, () => expressOrigin(create)] as const),
  ["Fastify", fastifyOrigin] as const,
  ...ADAPTERS.map(([name, adapterOf]) => [`Nest on ${name}`, () => nestOrigin(adapterOf)] as const),
])("in %s, once the answer has begun", (_, originOf) => {
  let origin: string;
  let token: string;
  beforeAll(async () => {
    origin = await originOf();
  });
  beforeEach(async () => {
    whileCreating = () => {};
    await rwt.destroyAll("other");
    token = await rwt.sign({ id: "42" }, { subject: "42" });
  });
  const ask = async (path: string) => {
    const headers = { Cookie: `__Host-rwt=${token}` };
    return (await fetch(`${origin}/late/${path}`, { method: "POST", headers })).text();
  };

  test.each(["signIn", "signOut", "rotate"])("%s is an error that changes no session", async (call) => {
    expect(await ask(call)).toBe("ERR_HTTP_HEADERS_SENT");
    expect(await rwt.verify(token)).not.toBeNull();
    expect((await rwt.list("other")).sessions).toEqual([]);
  });

  test("while signIn works, no session is left that nobody holds", async () => {
    expect(await ask("signIn/meanwhile")).toBe("ERR_HTTP_HEADERS_SENT");
    expect((await rwt.list("other")).sessions).toEqual([]);
  });

  test("calls that only read still work", async () => {
    expect(await ask("list")).toBe("done");
  });
});
