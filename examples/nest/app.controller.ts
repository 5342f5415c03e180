import { Body, Controller, Get, Post, Redirect, UnauthorizedException, UseGuards } from "@nestjs/common";
import { Auth, type NestAuth, SessionGuard } from "redis-web-token/nest";

export interface User {
  readonly id: string;
  readonly name: string;
}

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
  async signIn(@Auth() auth: NestAuth<User>, @Body() { name, password }: Record<string, string>) {
    if (!name || password !== "secret") throw new UnauthorizedException("Wrong password");
    await auth.signIn({ id: name, name }, { subject: name });
  }

  @Post("sign-out")
  @Redirect("/", 303)
  async signOut(@Auth() auth: NestAuth<User>) {
    await auth.signOut();
  }

  @Post("sign-out-everywhere")
  @Redirect("/", 303)
  async signOutEverywhere(@Auth() auth: NestAuth<User>) {
    await auth.signOutEverywhere();
  }
}

@Controller("private")
@UseGuards(SessionGuard)
export class PrivateController {
  @Get()
  page(@Auth() { session }: NestAuth<User>) {
    return `<p>Hello ${escapeHtml(session.data.name)}</p>
      <a href="/private/devices">Devices</a>
      <form method="post" action="/private/confirm">
        <input name="password" type="password" placeholder="Password: secret" required>
        <button>Confirm password</button>
      </form>
      <form method="post" action="/sign-out"><button>Sign out</button></form>
      <form method="post" action="/sign-out-everywhere"><button>Sign out everywhere</button></form>`;
  }

  @Get("devices")
  async devices(@Auth() auth: NestAuth<User>) {
    const { sessions } = await auth.listSessions();
    const items = sessions.map(({ issuedAt, current }) => {
      const since = new Date(issuedAt * 1000).toISOString();
      return `<li>${since}${current ? " (this device)" : ""}</li>`;
    });
    return `<ul>${items.join("")}</ul>`;
  }

  // Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
  @Post("confirm")
  @Redirect("/private", 303)
  async confirm(@Auth() auth: NestAuth<User>, @Body() { password }: Record<string, string>) {
    if (password !== "secret") throw new UnauthorizedException("Wrong password");
    await auth.rotateSession({ retry: false });
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
