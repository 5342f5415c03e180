import type { Context } from "hono";
import { LIVE_SCRIPT } from "./live-script.ts";
import { STYLE } from "./style.ts";

export const styleSheet = (c: Context): Response => asset(c, "text/css", STYLE);
export const liveScript = (c: Context): Response => asset(c, "text/javascript", LIVE_SCRIPT);
export const icon = (c: Context): Response => asset(c, "image/svg+xml", ICON);

const asset = (c: Context, type: string, body: string): Response =>
  c.body(body, 200, { "Content-Type": `${type}; charset=UTF-8`, "Cache-Control": "public, max-age=3600" });

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#c8372d"/>
<g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round">
<circle cx="12" cy="16" r="4.7"/><path d="M16.7 16H26v4.4M21.8 16v3.2"/></g></svg>`;
