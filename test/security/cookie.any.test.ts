import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { fromBase64Url } from "../../src/lib/bytes.ts";
import { requestAuth } from "../../src/request/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const rwt = createRwt({ store: memoryStore(), secret: "a secret of the tests, 32 bytes or more" });
const { signIn } = requestAuth({ rwt, from: ["cookie"] });
const data = { name: "Ada", roles: Array.from({ length: 2000 }, (_, i) => `role-${i}`) };

async function signedIn(): Promise<string> {
  const answer = await signIn(new Request("http://localhost/", { method: "POST" }), data, {
    subject: "ada@example.org",
    meta: { device: "a tablet" },
  });
  if (answer instanceof Response) expect.fail(`refused with ${answer.status}`);
  return answer.headers.get("Set-Cookie") ?? "";
}

describe("the cookie", () => {
  test("is 90 bytes long, however much is signed", async () => {
    const [pair = ""] = (await signedIn()).split(";");
    const [name = "", value = ""] = pair.split("=");
    expect(name.length + value.length).toBe(90);
  });

  test("holds nothing of what was signed", async () => {
    const cookie = await signedIn();
    const token = /rwt_([\w-]{76});/.exec(cookie)?.[1] ?? expect.fail("no token in the cookie");
    const bytes = String.fromCharCode(...fromBase64Url(token));
    for (const text of ["Ada", "ada", "role", "tablet", "example"]) {
      expect(cookie).not.toContain(text);
      expect(bytes).not.toContain(text);
    }
  });
});
