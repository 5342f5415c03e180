import { auth } from "../../../auth";

export async function GET(request: Request) {
  const session = await auth.route.authenticate(request);
  if (session instanceof Response) return session; // 400, 401, 403 or 503
  return Response.json(session.data, { headers: { "Cache-Control": "no-store" } });
}
