import {
  Body,
  Controller,
  Get,
  Post,
  Redirect,
  Req,
  Res,
  UnauthorizedException,
  UseGuards,
} from "@nestjs/common";
import type { Session } from "redis-web-token";
import type { IncomingRequest } from "redis-web-token/request";
import { endOtherSessions, listSessions, signIn, signOut, type User } from "./auth.ts";
import { accept, CurrentSession, type Reply, SessionGuard } from "./session.guard.ts";

@Controller()
export class AppController {
  @Get()
  form() {
    return `<form method="post" action="/sign-in">
      <input name="name" placeholder="Name" required>
      <input name="password" type="password" placeholder="Password: secret" required>
      <button>Sign in</button>
    </form>`;
  }

  @Post("sign-in")
  @Redirect("/private", 303)
  async signIn(
    @Req() req: IncomingRequest,
    @Res({ passthrough: true }) res: Reply,
    @Body() { name, password }: Record<"name" | "password", string>,
  ) {
    if (password !== "secret") throw new UnauthorizedException("Wrong password");
    await accept(await signIn(req, { id: name, name }, { subject: name }), res);
  }

  @Get("private")
  @UseGuards(SessionGuard)
  page(@CurrentSession() session: Session<User>) {
    return `<p>Hello ${escapeHtml(session.data.name)}</p>
      <a href="/private/devices">Devices</a>
      <form method="post" action="/sign-out"><button>Sign out</button></form>
      <form method="post" action="/sign-out-everywhere"><button>Sign out everywhere</button></form>`;
  }

  @Get("private/devices")
  @UseGuards(SessionGuard)
  async devices(@Req() req: IncomingRequest, @Res({ passthrough: true }) res: Reply) {
    const { sessions } = await accept(await listSessions(req), res);
    const items = sessions.map(({ issuedAt, current }) => {
      const since = new Date(issuedAt * 1000).toISOString();
      return `<li>${since}${current ? " (this device)" : ""}</li>`;
    });
    return `<ul>${items.join("")}</ul>`;
  }

  @Post("sign-out")
  @Redirect("/", 303)
  async signOut(@Req() req: IncomingRequest, @Res({ passthrough: true }) res: Reply) {
    await accept(await signOut(req), res);
  }

  @Post("sign-out-everywhere")
  @Redirect("/", 303)
  async signOutEverywhere(@Req() req: IncomingRequest, @Res({ passthrough: true }) res: Reply) {
    await accept(await endOtherSessions(req), res);
    await accept(await signOut(req), res);
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
