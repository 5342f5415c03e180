import { html } from "hono/html";
import type { SessionMeta } from "redis-web-token";
import type { Page } from "./layout.ts";

const BROWSERS = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Headless)?(?:Chrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
] as const;

const SYSTEMS = [
  [/\biPhone\b/, "an iPhone"],
  [/\biPad\b/, "an iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "a Mac"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
] as const;

/** The name of a session's device, such as "Firefox on Windows". A program that isn't a browser is shown by its own User-Agent. */
export function deviceName(meta: SessionMeta | undefined): string {
  const { device } = meta ?? {};
  if (typeof device !== "string" || device === "") return "unknown device";
  const browser = nameIn(BROWSERS, device);
  const system = nameIn(SYSTEMS, device);
  return browser === undefined || system === undefined ? device : `${browser} on ${system}`;
}

const nameIn = (names: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1];

const SHAPES = {
  phone: "M7 2h10v20H7zM11 18.5h2",
  tablet: "M4 3h16v18H4zM11 18h2",
  computer: "M3 4h18v12H3zM8 20h8M12 16v4",
  program: "M3 4h18v16H3zM7 9l3 3-3 3M12 15h5",
} as const;

/** An icon for the kind of device, derived from the same User-Agent. */
export function deviceIcon(meta: SessionMeta | undefined): Page {
  return html`<svg class="device" viewBox="0 0 24 24" aria-hidden="true"><path d="${SHAPES[kindOf(meta)]}"/></svg>`;
}

function kindOf({ device }: SessionMeta = {}): keyof typeof SHAPES {
  const text = typeof device === "string" ? device : "";
  if (/\biPad\b|\bTablet\b/.test(text)) return "tablet";
  if (/\biPhone\b|\bAndroid\b|\bMobile\b/.test(text)) return "phone";
  return nameIn(BROWSERS, text) === undefined ? "program" : "computer";
}
