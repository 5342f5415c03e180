import { describe, expect, test } from "vitest";

import { appWith, bearer, get, live, signed } from "./fixture.ts";

describe("carriers", () => {
  const app = appWith();
  test.each([
    ["bearer", bearer(live)],
    ["bearer in lower case", { authorization: `bearer ${live}` }],
    ["bearer with more spaces", { authorization: `Bearer   ${live} ` }],
    ["cookie", { Cookie: `theme=dark; __Host-rwt=${live}; lang=en` }],
    ["header", { "x-access-token": live }],
  ])("%s", async (_, headers) => {
    const response = await get(app, headers);
    expect([response.status, await response.text()]).toEqual([200, "Ada"]);
  });

  test("only those that are named", async () => {
    const app = appWith({ from: ["header"], header: "X-Auth" });
    for (const headers of [bearer(live), { Cookie: `__Host-rwt=${live}` }, { "x-access-token": live }]) {
      expect((await get(app, headers)).status).toBe(401);
    }
    expect((await get(app, { "x-auth": live })).status).toBe(200);
  });

  test("the first in the order given counts, between a cookie and another", async () => {
    const grace = await signed("Grace");
    const both = { ...bearer(grace), Cookie: `__Host-rwt=${live}` };
    expect(await (await get(appWith({ from: ["bearer", "cookie"] }), both)).text()).toBe("Grace");
    expect(await (await get(appWith({ from: ["cookie", "bearer"] }), both)).text()).toBe("Ada");
  });

  test("what isn't named may even be malformed", async () => {
    const app = appWith({ from: ["header"] });
    expect((await get(app, { Authorization: "Bearer", "x-access-token": live })).status).toBe(200);
  });

  test("a cookie of another name", async () => {
    const app = appWith({ from: ["cookie"], cookie: { name: "sid", secure: false } });
    expect((await get(app, { Cookie: `sid=${live}` })).status).toBe(200);
    expect((await get(app, { Cookie: `__Host-rwt=${live}` })).status).toBe(401);
  });
});
