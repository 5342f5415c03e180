import type { Context } from "hono";

export const styleSheet = (c: Context): Response => asset(c, "text/css", CSS);
export const icon = (c: Context): Response => asset(c, "image/svg+xml", ICON);

const asset = (c: Context, type: string, body: string): Response =>
  c.body(body, 200, { "Content-Type": `${type}; charset=UTF-8`, "Cache-Control": "public, max-age=3600" });

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#c8372d"/>
<g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round">
<circle cx="12" cy="16" r="4.7"/><path d="M16.7 16H26v4.4M21.8 16v3.2"/></g></svg>`;

const CSS = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f4f1, #161413);
  --card: light-dark(#fff, #211e1c);
  --field: light-dark(#fff, #181614);
  --ink: light-dark(#221d1a, #efeae6);
  --faint: light-dark(#6a615b, #a89e97);
  --line: light-dark(#e2ddd7, #3a3531);
  --edge: light-dark(#948a83, #7d736c);
  --accent: light-dark(#b3261e, #c8372d);
  --link: light-dark(#a8231b, #ff9a8f);
  --alarm: light-dark(#8c1d18, #ffb4ab);
  --alarm-ground: light-dark(#fceeec, #3a1f1c);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  padding: clamp(1.25rem, 9vmin, 6rem) 1.25rem 1.25rem;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif;
}
header, main { width: 100%; max-width: 27rem; margin-inline: auto; }
header { margin-bottom: 1.25rem; }
header a {
  display: inline-flex;
  align-items: center;
  gap: 0.6rem;
  color: inherit;
  font-weight: 600;
  text-decoration: none;
}
main {
  padding: 1.75rem;
  border: 1px solid var(--line);
  border-radius: 0.9rem;
  background: var(--card);
  box-shadow: 0 1px 2px #0000000d, 0 10px 30px #0000000d;
}
h1 { margin: 0 0 1.25rem; font-size: 1.4rem; line-height: 1.25; letter-spacing: -0.01em; text-wrap: balance; }
p { margin: 0 0 1.25rem; }
a { color: var(--link); text-underline-offset: 0.2em; }
form { margin: 0; }
.sessions { margin: 0 0 1.25rem; padding: 0; list-style: none; }
.sessions li { padding: 0.9rem 0; border-top: 1px solid var(--line); }
.sessions p { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
.sessions + form { margin-bottom: 1.25rem; }
.sessions small { display: block; color: var(--faint); }
main > :last-child { margin-bottom: 0; }
label { display: block; margin-bottom: 0.35rem; font-size: 0.925rem; font-weight: 600; }
input, button, .button { width: 100%; min-height: 2.9rem; border-radius: 0.55rem; font: inherit; }
input {
  margin-bottom: 1.1rem;
  padding: 0.5rem 0.8rem;
  border: 1px solid var(--edge);
  background: var(--field);
  color: inherit;
}
input[aria-invalid] { border-color: var(--alarm); }
button, .button {
  display: grid;
  place-items: center;
  border: 1px solid transparent;
  background: var(--accent);
  color: #fff;
  font-weight: 600;
  text-decoration: none;
  cursor: pointer;
}
input ~ button { margin-top: 0.3rem; }
button:hover, .button:hover { background: color-mix(in oklab, var(--accent), #000 12%); }
button.quiet { border-color: var(--edge); background: none; color: inherit; }
button.quiet:hover { background: color-mix(in oklab, var(--ink), transparent 94%); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 0.4rem; }
input:focus-visible, button:focus-visible, .button:focus-visible { border-radius: 0.55rem; }
[role="alert"], [role="status"] {
  padding: 0.7rem 0.9rem;
  border-left: 4px solid var(--alarm);
  border-radius: 0.4rem;
  background: var(--alarm-ground);
  color: var(--alarm);
}
[role="status"] { border-color: var(--edge); background: var(--ground); color: inherit; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.55rem 1.25rem; margin: 0 0 1.5rem; }
dt { color: var(--faint); }
dd { min-width: 0; margin: 0; overflow-wrap: anywhere; }
time { white-space: nowrap; }
@media (max-width: 24rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.6rem; }
}
`;
