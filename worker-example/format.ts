import { html } from "hono/html";
import type { Page } from "./layout.ts";

export function time(unixSeconds: number): Page {
  const date = new Date(unixSeconds * 1000);
  const text = date.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return html`<time datetime="${date.toISOString()}">${text} UTC</time>`;
}

/** A duration in words, such as "15 minutes". */
export function duration(seconds: number): string {
  if (seconds < 120) return count(seconds, "second");
  if (seconds < 2 * 3600) return count(Math.round(seconds / 60), "minute");
  return count(Math.round(seconds / 3600), "hour");
}

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

export const nowInSeconds = (): number => Math.floor(Date.now() / 1000);
