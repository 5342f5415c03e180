import type { SessionMeta } from "redis-web-token";

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

/** What people call the device of a session, such as "Firefox on Windows"; what isn't a browser is shown as it named itself. */
export function deviceName(meta: SessionMeta | undefined): string {
  const { device } = meta ?? {};
  if (typeof device !== "string" || device === "") return "unknown device";
  const browser = nameIn(BROWSERS, device);
  const system = nameIn(SYSTEMS, device);
  return browser === undefined || system === undefined ? device : `${browser} on ${system}`;
}

const nameIn = (names: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1];
