/**
 * The users for trying the example on your own machine, in the format of DEMO_USERS. Their passwords, "correct horse battery staple"
 * and "hopper", are public, so they must not exist where others can connect: no Worker imports this file, and a process that accepts
 * connections from other machines doesn't use them.
 */
const DEMO_USERS = `
{
  "ada": {
    "hash": "pbkdf2-sha256$100000$rMZdxmFF_JpUeMLCPDDDTA$Rzdd6sdsfOTJhOxJR98c1153m-x5KtqOS9kCpAmZu68",
    "role": "admin",
    "displayName": "Ada Lovelace"
  },
  "grace": {
    "hash": "pbkdf2-sha256$100000$oTKl9ZbFPiW86n5uon0uqw$61OKwkrMHVs_Vgg3mH6J83bL19gXovHVFacss5tomu8",
    "role": "user",
    "displayName": "Grace Hopper"
  }
}
`;

const DEMO_HINT = "Demo: sign in as ada with “correct horse battery staple”, or as grace with “hopper”.";

/** The environment variables that show whether other machines can connect. */
interface Reach {
  readonly HOST?: string | undefined;
  readonly NODE_ENV?: string | undefined;
}

/** The demo's variables. Empty if other machines can connect to the example. */
export const demoVariables = ({
  HOST,
  NODE_ENV,
}: Reach = {}): { readonly DEMO_USERS?: string; readonly DEMO_HINT?: string } =>
  isLoopback(HOST || "localhost") && NODE_ENV !== "production" ? { DEMO_USERS, DEMO_HINT } : {};

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
