import { Form, Link, type LoaderFunctionArgs, useLoaderData } from "react-router";
import { auth } from "../auth.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const session = await auth.authenticate(request);
  if (session instanceof Response) throw session; // 400, 401 or 503
  return { name: session.data.name };
}

export default function Private() {
  const { name } = useLoaderData<typeof loader>();
  return (
    <>
      <p>{`Hello ${name}`}</p>
      <Link to="/private/devices">Devices</Link>
      <Form method="post" action="/private/confirm">
        <input name="password" type="password" placeholder="Password: secret" required />
        <button type="submit">Confirm password</button>
      </Form>
      <Form method="post" action="/sign-out">
        <button type="submit">Sign out</button>
      </Form>
      <Form method="post" action="/sign-out-everywhere">
        <button type="submit">Sign out everywhere</button>
      </Form>
    </>
  );
}
