import { type NextRequest, NextResponse } from "next/server";
import { auth } from "./auth";

export const config = { matcher: "/account/:path*" };

export async function proxy(request: NextRequest) {
  if (await auth.inspect(request.cookies)) return NextResponse.next();
  return NextResponse.redirect(new URL("/login", request.url));
}
