import { redirect } from "next/navigation";
import { auth } from "../../auth";
import { confirm, signOut, signOutEverywhere } from "../actions";

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
      <form action={confirm}>
        <input name="password" type="password" placeholder="open sesame" aria-label="Password" required />
        <button type="submit">Confirm password</button>
      </form>
      <form action={signOut}>
        <button type="submit">Sign out</button>
      </form>
      <form action={signOutEverywhere}>
        <button type="submit">Sign out everywhere</button>
      </form>
    </main>
  );
}
