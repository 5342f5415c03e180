import { Form, Link, type LoaderFunctionArgs, useLoaderData } from "react-router";
import { sessionContext } from "../session.server.ts";

export async function loader({ context }: LoaderFunctionArgs) {
  return { name: context.get(sessionContext).data.name };
}

export default function Private() {
  const { name } = useLoaderData<typeof loader>();
  return (
    <>
      <p>{`Hello ${name}`}</p>
      <Link to="/private/devices">Devices</Link>
      <Form method="post" action="/sign-out">
        <button type="submit">Sign out</button>
      </Form>
      <Form method="post" action="/sign-out-everywhere">
        <button type="submit">Sign out everywhere</button>
      </Form>
    </>
  );
}
