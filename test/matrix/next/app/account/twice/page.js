import { auth } from "../../../auth";

export default async function Page() {
  const session = await auth.session();
  return `the page knows ${session?.data.name}`;
}
