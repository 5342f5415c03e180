import { auth } from "../../../auth";

export default async function Layout({ children }) {
  const session = await auth.session();
  return [`the layout knows ${session?.data.name}`, children];
}
