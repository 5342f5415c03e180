import { auth } from "../../auth";

export async function POST(request) {
  const session = await auth.route.authenticate(request);
  return session instanceof Response ? session : Response.json({ noted: true });
}

/** Rotates the token. */
export async function PATCH(request) {
  const rotated = await auth.route.rotateSession(request, { retry: false });
  return rotated instanceof Response ? rotated : new Response(null, rotated);
}
