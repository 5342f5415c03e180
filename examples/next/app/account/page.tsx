import { redirect } from "next/navigation";
import { auth } from "../../auth";
import { signOut, signOutEverywhere } from "../actions";

export default async function Account() {
  const session = await auth.session();
  if (!session) redirect("/login");
  const { sessions } = await auth.listSessions();
  return (
    <main>
      <h1>Hello, {session.data.name}</h1>
      <ul>
        {sessions.map(({ id, issuedAt, meta, current }) => (
          <li key={id}>
            {new Date(issuedAt * 1000).toUTCString()}: {String(meta?.device)} {current && "(this device)"}
          </li>
        ))}
      </ul>
      <form action={signOut}>
        <button type="submit">Sign out</button>
      </form>
      <form action={signOutEverywhere}>
        <button type="submit">Sign out everywhere</button>
      </form>
    </main>
  );
}
