import { signOut } from "../../auth.ts";

export async function POST(request) {
  const signedOut = await signOut(request);
  if (signedOut instanceof Response) return signedOut;
  return Response.json({ ended: signedOut.ended }, { headers: signedOut.headers });
}
