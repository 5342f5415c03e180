import { readFileSync } from "node:fs";

/** The DEMO_USERS of wrangler.toml, for the entries that are no Worker: the demo has one set of users. */
export function demoUsers(): string | undefined {
  const toml = readFileSync(new URL("../wrangler.toml", import.meta.url), "utf8");
  return /^DEMO_USERS = '''(.*?)'''/ms.exec(toml)?.[1];
}
