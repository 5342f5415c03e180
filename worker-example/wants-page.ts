import type { Context } from "hono";
import { accepts } from "hono/accepts";

/** Browsers ask for text/html by name. Other clients get JSON, including curl with its `Accept: *` + `/*`. */
export const wantsPage = (c: Context): boolean =>
  accepts(c, {
    header: "Accept",
    supports: ["application/json", "text/html"],
    default: "application/json",
  }) === "text/html";
