import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import type { ExpressAuth, ExpressAuthOptions } from "../../src/express/index.ts";
import { atEnd } from "../support/at-end.ts";

export interface User {
  readonly id: string;
}
export type Auth = ExpressAuth<User>;
export type AuthOptions = ExpressAuthOptions<User>;
export type ExpressFactory = typeof express;

/** Both majors, by the types of the newer one. */
export const majors: readonly (readonly [string, ExpressFactory])[] = [
  ["Express 4", express],
  ["Express 5", (await import("express-5" as string)).default],
];

/** Serves until the end of the test or the file. Returns the origin. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const user: User = { id: "42" };
const meta = { device: "desk" };

/** An app with all calls, in Express. */
export function expressApp(create: ExpressFactory, auth: Auth): RequestListener {
  const app = create();
  app.use((_, res, next) => {
    res.cookie("theme", "dark");
    next();
  });
  app.use("/private", auth.required);
  app.get("/private/me", (req, res) => void res.json(auth.session(req).data));
  app.get("/home", auth.optional, (req, res) => void res.json(auth.sessionOrNull(req)?.data ?? "a stranger"));
  app.post("/login", async (req, res) => {
    const options = { subject: user.id, meta, persistent: req.query.remember !== "no" };
    const signedIn = await auth.signIn(req, res, user, options);
    if (signedIn) res.redirect(303, "/private/me");
  });
  app.get("/devices", async (req, res) => {
    const list = await auth.listSessions(req, res);
    if (list) res.json(list.sessions.map(({ current }) => current));
  });
  app.post("/rotate", async (req, res) => {
    const rotated = await auth.rotateSession(req, res, { retry: false });
    if (rotated) res.json({ token: rotated.token });
  });
  app.post("/others", async (req, res) => {
    const others = await auth.endOtherSessions(req, res);
    if (others) res.json(others);
  });
  app.post("/logout", async (req, res) => {
    const signedOut = await auth.signOut(req, res);
    if (signedOut) res.json({ ended: signedOut.ended });
  });
  app.post("/logout-everywhere", async (req, res) => {
    if (await auth.signOutEverywhere(req, res)) res.json({});
  });
  return app;
}

/** The same app without a framework. */
export function plainApp(auth: Auth): RequestListener {
  const json = (body: unknown): string => JSON.stringify(body);
  return async (req, res) => {
    res.appendHeader("Set-Cookie", "theme=dark; Path=/");
    const [path = "", query = ""] = (req.url ?? "").split("?");
    if (path === "/private/me") {
      const session = await auth.authenticate(req, res);
      if (session) res.end(json(session.data));
    } else if (path === "/home") {
      await auth.optional(req, res, () => res.end(json(auth.sessionOrNull(req)?.data ?? "a stranger")));
    } else if (path === "/login") {
      const options = { subject: user.id, meta, persistent: query !== "remember=no" };
      const signedIn = await auth.signIn(req, res, user, options);
      if (signedIn) res.writeHead(303, { Location: "/private/me" }).end();
    } else if (path === "/devices") {
      const list = await auth.listSessions(req, res);
      if (list) res.end(json(list.sessions.map(({ current }) => current)));
    } else if (path === "/rotate") {
      const rotated = await auth.rotateSession(req, res, { retry: false });
      if (rotated) res.end(json({ token: rotated.token }));
    } else if (path === "/others") {
      const others = await auth.endOtherSessions(req, res);
      if (others) res.end(json(others));
    } else if (path === "/logout") {
      const signedOut = await auth.signOut(req, res);
      if (signedOut) res.end(json({ ended: signedOut.ended }));
    } else if (path === "/logout-everywhere") {
      if (await auth.signOutEverywhere(req, res)) res.end(json({}));
    }
  };
}

/** The session cookie that an answer sets, as a browser sends it back. */
export function cookieOf(answer: Response): string {
  return (
    answer.headers
      .getSetCookie()
      .find((cookie) => cookie.startsWith("__Host-rwt="))
      ?.split(";")[0] ?? ""
  );
}
