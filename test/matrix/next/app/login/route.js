import { signIn } from "../../auth.ts";

export async function POST(request) {
  const signedIn = await signIn(request, { name: "Zoë 🎟" });
  if (signedIn instanceof Response) return signedIn;
  return Response.json({ token: signedIn.token }, { headers: signedIn.headers });
}
