import { Controller, Get, Module, Post, UseGuards } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import {
  Auth,
  type AuthRequirement,
  type NestAuth,
  RwtModule,
  requireAuthentication,
  SessionGuard,
} from "../../src/nest/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { atEnd } from "../support/at-end.ts";
import { ADAPTERS, type User } from "./fixture.ts";

let [time, checks] = [1_800_000_000, 0];
const now = () => time;
const store = memoryStore({ now });
const counted: typeof store = {
  ...store,
  check(...args) {
    checks++;
    return store.check(...args);
  },
};
const rwt = createRwt<User>({ store: counted, secret: "s".repeat(32), now }).with(sessions());

class Handlers {
  erase(auth: NestAuth<User>) {
    return auth.session.data;
  }
  secrets(auth: NestAuth<User>) {
    return auth.session.data;
  }
  async confirm(auth: NestAuth<User>) {
    return { token: await auth.reauthenticate({ amr: ["pwd", "otp"] }), auth: auth.session.auth };
  }
  async wrong(auth: NestAuth<User>) {
    await auth.reauthenticate({ at: -1 });
  }
  async asking(auth: NestAuth<User>) {
    const asked = await auth.requireAuthentication({ maxAge: 300 }).then(
      () => "no",
      (refusal) => refusal.getStatus(),
    );
    return { asked, id: auth.session.data.id };
  }
}
Controller()(Handlers);
const guards = {
  erase: [SessionGuard, requireAuthentication({ maxAge: 300 })],
  secrets: [requireAuthentication({ amr: ["otp"] })],
  confirm: [SessionGuard],
  wrong: [SessionGuard],
  asking: [SessionGuard],
};
for (const [name, used] of Object.entries(guards)) {
  const descriptor = Object.getOwnPropertyDescriptor(Handlers.prototype, name) ?? {};
  Auth()(Handlers.prototype, name, 0);
  (name === "secrets" ? Get : Post)(name)(Handlers.prototype, name, descriptor);
  UseGuards(...used)(Handlers.prototype, name, descriptor);
}
class App {}
Module({ controllers: [Handlers], imports: [RwtModule.forRoot({ rwt, from: ["cookie"] })] })(App);

describe.each(ADAPTERS)("on %s", async (_, adapterOf) => {
  const app = await NestFactory.create(App, adapterOf(), { logger: false, abortOnError: false });
  await app.listen(0, "127.0.0.1");
  atEnd(() => app.close());
  const origin = await app.getUrl();
  const call = (name: string, token: string) => {
    const headers = { Cookie: `__Host-rwt=${token}`, Origin: origin };
    return fetch(`${origin}/${name}`, { method: name === "secrets" ? "GET" : "POST", headers });
  };
  const signed = () => rwt.sign({ id: "42" }, { auth: { amr: ["pwd"] } });

  test("a step-up is asked for by a guard, done by reauthenticate, and asks the store no second time", async () => {
    const token = await signed();
    checks = 0;
    expect((await call("erase", token)).status).toBe(201);
    expect(checks).toBe(1);
    time += 301;
    for (const [name, parameters] of [
      ["erase", 'error_description="Authenticate again", max_age="300"'],
      ["secrets", 'error_description="Authenticate again by otp"'],
    ] as const) {
      const refused = await call(name, token);
      const challenge = `Bearer realm="api", error="insufficient_user_authentication", ${parameters}`;
      expect([refused.status, refused.headers.get("WWW-Authenticate")]).toEqual([401, challenge]);
      expect(refused.headers.get("Set-Cookie")).toBeNull();
    }
    const confirmed = await call("confirm", token);
    const { token: fresh, auth } = await confirmed.json();
    expect(auth).toEqual({ at: time, amr: ["pwd", "otp"] });
    expect(confirmed.headers.get("Set-Cookie")).toContain(`__Host-rwt=${fresh};`);
    expect(await (await call("erase", fresh)).json()).toEqual({ id: "42" });
    expect(await (await call("secrets", fresh)).json()).toEqual({ id: "42" });
    for (const name of ["erase", "secrets", "confirm"]) expect((await call(name, token)).status).toBe(401);
  });

  test("a handler that catches the refusal still has the session", async () => {
    const token = await signed();
    expect(await (await call("asking", token)).json()).toEqual({ asked: "no", id: "42" });
    time += 301;
    expect(await (await call("asking", token)).json()).toEqual({ asked: 401, id: "42" });
  });

  test("a wrong proof is an error, and the token stays", async () => {
    const token = await signed();
    expect((await call("wrong", token)).status).toBe(500);
    expect((await call("erase", token)).status).toBe(201);
  });
});

test("a wrong requirement is named", () => {
  expect(() => requireAuthentication({} as AuthRequirement)).toThrow(
    expect.objectContaining({ option: "require" }),
  );
});
