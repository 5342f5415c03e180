import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { type Faults, setFaults } from "./faults.ts";
import type { RequestCounts } from "./requests.ts";

/** Routes that Upstash doesn't have: faults and counts, for tests in another process or runtime. */
export function controlRoutes(faults: Faults, requests: RequestCounts): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.put("/_faults", async (c) => {
    try {
      setFaults(faults, await c.req.json());
    } catch (error) {
      return c.json({ error: `ERR ${error instanceof Error ? error.message : error}` }, 400);
    }
    return c.body(null, 204);
  });
  app.delete("/_faults", (c) => {
    faults.reset();
    return c.body(null, 204);
  });
  app.get("/_requests", (c) => c.json({ total: requests.total, paths: requests.paths }));
  app.delete("/_requests", (c) => {
    requests.reset();
    return c.body(null, 204);
  });
  return app;
}
