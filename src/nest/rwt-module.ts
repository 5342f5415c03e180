import {
  type CanActivate,
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  Inject,
  type Type,
} from "@nestjs/common";
import { APP_GUARD } from "@nestjs/core";
import { MiddlewareMissingError } from "../errors.ts";
import { knownOptions } from "../lib/check.ts";
import { type AuthRequirement, readRequirement } from "../request/requirement.ts";
import { THROWING_OPTIONS, type ThrowingAuth, throwingAuth } from "../request/throwing-auth.ts";
import { type BoundAuth, bind } from "./bind.ts";
import type { NestAuth, NestAuthOptions } from "./types.ts";

/** Nest's name for what the module provides. */
const AUTH = Symbol("redis-web-token");
/** The calls of each request. */
const requests = new WeakMap<object, BoundAuth>();

function boundTo(auth: ThrowingAuth<never, unknown>, context: ExecutionContext): BoundAuth {
  const request = context.switchToHttp().getRequest<object>();
  const bound = requests.get(request) ?? bind(auth, context);
  requests.set(request, bound);
  return bound;
}

/**
 * Sessions for a Nest app, with Express or Fastify. It provides `@Auth()` and `SessionGuard` to all modules.
 *
 * @example
 * ```ts
 * import { Controller, Get, Module, Post, UseGuards } from "@nestjs/common";
 * import { Auth, type NestAuth, RwtModule, SessionGuard } from "redis-web-token/nest";
 * import { rwt, type User } from "./auth.ts";
 *
 * @Controller()
 * class AppController {
 *   @Post("sign-in")
 *   async signIn(@Auth() auth: NestAuth<User>) {
 *     await auth.signIn({ id: "42", name: "Ada" }, { subject: "42" }); // after checking the password
 *   }
 *   @Get("private")
 *   @UseGuards(SessionGuard)
 *   page(@Auth() { session }: NestAuth<User>) {
 *     return `Hello ${session.data.name}`;
 *   }
 * }
 *
 * @Module({ imports: [RwtModule.forRoot({ rwt, from: ["cookie"] })], controllers: [AppController] })
 * export class AppModule {}
 * ```
 */
export class RwtModule {
  /** @throws OptionTypeError, OptionRangeError if an option is wrong */
  static forRoot<Input = unknown, Output = Input>(options: NestAuthOptions<Input, Output>): DynamicModule {
    const given = knownOptions("RwtModule.forRoot's options", options, THROWING_OPTIONS);
    const auth = throwingAuth<never, unknown>(given as NestAuthOptions<never, unknown>);
    const attach: CanActivate = {
      canActivate(context) {
        if (context.getType() === "http") boundTo(auth, context);
        return true;
      },
    };
    return {
      module: RwtModule,
      global: true,
      providers: [
        { provide: AUTH, useValue: auth },
        { provide: APP_GUARD, useValue: attach },
      ],
      exports: [AUTH],
    };
  }
}

/** `@UseGuards(SessionGuard)` lets a request through only with a live session, and answers others with 400, 401, 403 or 503. */
export class SessionGuard implements CanActivate {
  /** Nest sets it. A property, so that a guard that extends this one has its constructor for itself. */
  private readonly auth: unknown;
  /** What the session's user must have proved. */
  protected readonly requirement: AuthRequirement | undefined;

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== "http")
      throw new MiddlewareMissingError("SessionGuard is for HTTP: elsewhere use requestAuth");
    if (!this.auth)
      throw new MiddlewareMissingError("SessionGuard must be made by Nest: { provide: APP_GUARD, useClass }");
    await boundTo(this.auth as ThrowingAuth<never, unknown>, context).check(this.requirement);
    return true;
  }
}
Inject(AUTH)(SessionGuard.prototype, "auth");

/**
 * Makes a guard that also wants the session's user to have proved what you require (step-up), such as
 * `@UseGuards(requireAuthentication({ maxAge: 300 }))`. Else it refuses with 401 and the challenge of RFC 9470, which ends no session.
 *
 * @throws OptionTypeError, OptionRangeError if the requirement is wrong
 */
export function requireAuthentication(requirement: AuthRequirement): Type<SessionGuard> {
  const require = readRequirement(requirement);
  return class StepUpGuard extends SessionGuard {
    protected override readonly requirement = require;
  };
}

/** `@Auth() auth: NestAuth<User>` gives a handler the calls for its request. */
export const Auth: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext): NestAuth<never, unknown> => {
    const bound = requests.get(context.switchToHttp().getRequest<object>());
    if (bound) return bound;
    throw new MiddlewareMissingError("@Auth() needs RwtModule.forRoot(…) in your app's imports, and HTTP");
  },
);
