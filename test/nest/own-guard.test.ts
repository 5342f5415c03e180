import { type ExecutionContext, Inject, SetMetadata } from "@nestjs/common";
import { APP_GUARD, Reflector } from "@nestjs/core";
import { expect, test } from "vitest";
import { SessionGuard } from "../../src/nest/index.ts";
import { ADAPTERS, Handlers, serve, serviceWith } from "./fixture.ts";

const [[, adapterOf]] = ADAPTERS;
const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;

test("a guard that extends SessionGuard has its own constructor, and lets strangers into public handlers", async () => {
  class PublicGuard extends SessionGuard {
    private readonly reflector: Reflector;
    constructor(reflector: Reflector) {
      super();
      this.reflector = reflector;
    }
    override async canActivate(context: ExecutionContext) {
      return this.reflector.get("isPublic", context.getHandler()) || super.canActivate(context);
    }
  }
  Inject(Reflector)(PublicGuard, undefined, 0);
  const login = Object.getOwnPropertyDescriptor(Handlers.prototype, "login") ?? {};
  SetMetadata("isPublic", true)(Handlers.prototype, "login", login);
  const rwt = serviceWith();
  const providers = [{ provide: APP_GUARD, useClass: PublicGuard }];
  const origin = await serve(adapterOf, { rwt }, { providers });
  expect(await statusOf(`${origin}/anyone`)).toBe(401);
  expect(await statusOf(`${origin}/login`, { method: "POST" })).toBe(201);
  const headers = { Authorization: `Bearer ${await rwt.sign({ id: "42" })}` };
  expect(await statusOf(`${origin}/anyone`, { headers })).toBe(200);
});

test("a guard that Nest didn't make lets nobody in, and says what to do", async () => {
  const context = { getType: () => "http" } as ExecutionContext;
  await expect(new SessionGuard().canActivate(context)).rejects.toMatchObject({
    code: "ERR_RWT_MIDDLEWARE_MISSING",
    message: expect.stringContaining("APP_GUARD"),
  });
});
