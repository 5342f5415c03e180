import { type LoaderFunctionArgs, useLoaderData } from "react-router";
import { listSessions } from "../auth.server.ts";
import { accept } from "../session.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { sessions } = accept(await listSessions(request));
  return sessions.map(({ id, issuedAt, current }) => ({ id, issuedAt, current }));
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
