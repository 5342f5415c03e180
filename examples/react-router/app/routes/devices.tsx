import { type LoaderFunctionArgs, useLoaderData } from "react-router";
import { auth } from "../auth.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const list = await auth.listSessions(request);
  if (list instanceof Response) throw list;
  return list.sessions.map(({ id, issuedAt, current }) => ({ id, issuedAt, current }));
}

export default function Devices() {
  const devices = useLoaderData<typeof loader>();
  return (
    <ul>
      {devices.map(({ id, issuedAt, current }) => (
        <li key={id}>
          {new Date(issuedAt * 1000).toISOString()}
          {current && " (this device)"}
        </li>
      ))}
    </ul>
  );
}
