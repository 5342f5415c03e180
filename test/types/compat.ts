/** Checked by `npm run typecheck`, like a user's code against the built declarations. Never run. */
import rwt, { type CompatRwt, rwt as named } from "redis-web-token/compat";
import { memoryStore } from "redis-web-token/memory";

interface User {
  readonly name: string;
}
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Equal<A, B> extends true ? [] : [never]): void => {};

const tokens: CompatRwt<User> = rwt<User>({ redis: { host: "localhost", port: 6380, prefix: "sess:" } });
named({ redis: { url: "https://…", token: "…" }, custom: { expire: 60, verifyExtendsToken: true } });
rwt({ redis: memoryStore(), prefix: "sess:", legacy: { prefix: "sess:", upgrade: true } });

export const signed: Promise<string> = tokens.sign({ name: "Ada" }, "secret");
export const verified: Promise<User | null> = tokens.verify("token", "secret");
tokens.sign({ name: "Ada" }, "secret", { expire: 60 }, (error, token) => {
  same<typeof error, Error | null>();
  same<typeof token, string | undefined>();
});
tokens.sign({ name: "Ada" }, "secret", (_error, token) => token?.length);
tokens.verify("token", "secret", (_error, user, newToken) => {
  same<typeof user, User | null | undefined>();
  same<typeof newToken, string | undefined>();
});
// @ts-expect-error with a callback there is no promise
tokens.destroy("token", "secret", () => {}).then();
// @ts-expect-error a user has a name
tokens.sign({}, "secret");
// @ts-expect-error seconds are a number
rwt({ custom: { expire: "60" } });
