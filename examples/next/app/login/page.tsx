import { signIn } from "../actions";

interface Props {
  readonly searchParams: Promise<{ readonly wrong?: string }>;
}

export default async function Login({ searchParams }: Props) {
  const { wrong } = await searchParams;
  return (
    <form action={signIn}>
      <h1>Sign in</h1>
      {wrong !== undefined && <p>Wrong name or password</p>}
      <input name="name" placeholder="Name" aria-label="Name" autoComplete="username" required />
      <input name="password" type="password" placeholder="open sesame" aria-label="Password" required />
      <button type="submit">Sign in</button>
    </form>
  );
}
