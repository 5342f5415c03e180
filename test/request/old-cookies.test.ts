import { expect, test } from "vitest";
import { requestAuth } from "../../src/request/index.ts";
import { bench, old, servicesOn } from "../legacy/fixture.ts";

const { admin, openStore } = await bench();
const rwt = servicesOn(openStore())();
const { authenticate } = requestAuth({ rwt, from: ["cookie"], cookie: { name: "sid" } });

test("the old libraries' tokens are among the cookies of a name that are tried", async () => {
  const token = "9f3c-0a1b-77de-4c02-b5e8";
  await admin.hset(`${old.prefix}${btoa(token + old.secret)}`, old.user);
  const answer = (...tokens: readonly string[]) =>
    authenticate({
      method: "GET",
      url: "/",
      headers: { host: "localhost", cookie: tokens.map((one) => `sid=${one}`).join("; ") },
    });
  expect(await answer(token)).toMatchObject({ data: { name: "Zoë" } });
  expect(await answer("0-0-0-0-0", "junk", token)).toMatchObject({ data: { name: "Zoë" } });
  expect(await answer("0-0-0-0-0")).toMatchObject({ status: 401 });
});
