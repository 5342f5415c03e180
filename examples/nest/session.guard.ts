import { type CanActivate, createParamDecorator, type ExecutionContext, HttpException } from "@nestjs/common";
import { authenticate } from "./auth.ts";

/** What Express's response and Fastify's reply have in common. */
export interface Reply {
  header(name: string, value: string): unknown;
}

/** `@UseGuards(SessionGuard)` lets requests with a live session pass. */
export class SessionGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest();
    request.auth = await accept(await authenticate(request), http.getResponse());
    http.getResponse<Reply>().header("Cache-Control", "no-store");
    return true;
  }
}

/** `@CurrentSession() session: Session<User>`: the session that the guard found. */
export const CurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest().auth,
);

/** Sends the headers of a result. Throws a refusal as Nest's exception: 400, 401, 403 or 503. */
export async function accept<Result>(result: Result | Response, reply: Reply): Promise<Result> {
  const { headers } = result as { headers?: Headers };
  headers?.delete("Content-Type"); // Nest's exceptions are JSON
  for (const [name, value] of headers ?? []) reply.header(name, value);
  if (result instanceof Response) throw new HttpException(await result.text(), result.status);
  return result;
}
