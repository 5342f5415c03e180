import { Form } from "react-router";

export default function Home() {
  return (
    <Form method="post" action="/sign-in">
      <input name="name" placeholder="Name" required />
      <input name="password" type="password" placeholder="Password: secret" required />
      <button type="submit">Sign in</button>
    </Form>
  );
}
