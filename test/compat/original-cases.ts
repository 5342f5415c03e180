import { expect, test } from "vitest";
import type { RwtFactory } from "../../src/compat/factory.ts";
import type { CompatConfig } from "../../src/compat/types.ts";

const secret = "az3rty!";

/** The original's three test cases, rewritten: with callbacks, and with promises. */
export function originalCases(rwt: RwtFactory, redis: NonNullable<CompatConfig["redis"]>): void {
  const user = { name: "user", password: "crypted" };

  test("crashes on a bad custom configuration", () => {
    for (const custom of [{ expire: "test" }, { verifyExtendsToken: "yes" }]) {
      expect(() => rwt({ redis, custom: custom as object })).toThrow(Error);
    }
  });

  test("signs, verifies, destroys, and then verifies to null", async () => {
    const tokens = rwt({ redis });
    await new Promise<void>((resolve, reject) => {
      tokens.sign(user, secret, {}, (error, token = "") => {
        if (error) return reject(error);
        expect(token).toBeTypeOf("string");
        tokens.verify(token, secret, (error, found) => {
          if (error) return reject(error);
          expect(found).toEqual(user);
          tokens.destroy(token, secret, (error) => {
            if (error) return reject(error);
            tokens.verify(token, secret, (error, found) => {
              if (error) return reject(error);
              expect(found).toBeNull();
              tokens.disconnect(() => resolve());
            });
          });
        });
      });
    });
  });

  test("does the same with promises", async () => {
    const tokens = rwt({ redis });
    const token = await tokens.sign(user, secret, {});
    expect(await tokens.verify(token, secret)).toEqual(user);
    await tokens.destroy(token, secret);
    expect(await tokens.verify(token, secret)).toBeNull();
    await tokens.disconnect();
  });
}
