import { auth } from "../../../auth";

export default async function Page() {
  // One after another: calls of the same tick would be one command without React's cache too.
  await auth.session();
  const session = await auth.session();
  return `the page knows ${session?.data.name}`;
}
