/** An app with all calls. The decorators are called as functions, since the tests are compiled without decorators. */
import { Controller, type DynamicModule, Get, Module, Post, UseGuards } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { createRwt, type TokenStore } from "../../src/index.ts";
import { Auth, type NestAuth, type NestAuthOptions, RwtModule, SessionGuard } from "../../src/nest/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { atEnd } from "../support/at-end.ts";

export interface User {
  readonly id: string;
}
type Auth42 = NestAuth<User>;

export const serviceWith = (store: TokenStore = memoryStore()) =>
  createRwt<User>({ store, secret: "a secret of the tests, 32 bytes or more", maxLifetime: 600 }).with(
    sessions(),
  );

export class Handlers {
  me(auth: Auth42) {
    return auth.session.data;
  }
  forgotten(auth: Auth42) {
    return auth.session.data;
  }
  async anyone(auth: Auth42) {
    return { id: (await auth.findSession())?.data.id ?? null };
  }
  async devices(auth: Auth42) {
    return (await auth.listSessions()).sessions.map(({ current }) => current);
  }
  async login(auth: Auth42) {
    return {
      token: await auth.signIn({ id: "42" }, { subject: "42" }),
      id: (await auth.findSession())?.data.id,
    };
  }
  async rotate(auth: Auth42) {
    return { token: await auth.rotateSession({ retry: false }) };
  }
  async others(auth: Auth42) {
    return { ended: await auth.endOtherSessions() };
  }
  async logout(auth: Auth42) {
    return { ended: await auth.signOut() };
  }
  async everywhere(auth: Auth42) {
    return { ended: await auth.signOutEverywhere() };
  }
}
const GETS: readonly (keyof Handlers)[] = ["me", "forgotten", "anyone", "devices"];
Controller()(Handlers);
for (const name of Object.getOwnPropertyNames(Handlers.prototype) as (keyof Handlers)[]) {
  if ((name as string) === "constructor") continue;
  const descriptor = Object.getOwnPropertyDescriptor(Handlers.prototype, name) ?? {};
  Auth()(Handlers.prototype, name, 0);
  (GETS.includes(name) ? Get : Post)(name)(Handlers.prototype, name, descriptor);
  if (name === "me") UseGuards(SessionGuard)(Handlers.prototype, name, descriptor);
}

class App {}
Module({ controllers: [Handlers] })(App);

export const ADAPTERS = [
  ["Express", () => new ExpressAdapter()],
  ["Fastify", () => new FastifyAdapter()],
] as const;

/** Serves the app until the end of the test or the file. Returns its origin. */
export async function serve(
  adapterOf: (typeof ADAPTERS)[number][1],
  options: Partial<NestAuthOptions<User>> | null = {},
  more: Omit<DynamicModule, "module"> = {},
): Promise<string> {
  const sessionsModule = RwtModule.forRoot<User>({
    rwt: serviceWith(),
    from: ["bearer", "cookie"],
    ...options,
  });
  const root = { ...more, module: App, imports: options === null ? [] : [sessionsModule] };
  const app = await NestFactory.create(root, adapterOf(), { logger: false, abortOnError: false });
  app.use((_: unknown, res: { appendHeader(name: string, value: string): void }, next: () => void) => {
    res.appendHeader("Set-Cookie", "theme=dark");
    next();
  });
  await app.listen(0, "127.0.0.1");
  atEnd(() => app.close());
  return (await app.getUrl()).replace("[::1]", "127.0.0.1");
}
