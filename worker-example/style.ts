export const STYLE = `
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
  --good: light-dark(#1b6e3c, #6fd196);
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
header:has(nav), main.wide { max-width: 42rem; }
.skip { position: absolute; top: 0.75rem; left: 1rem; translate: 0 -6rem; }
.skip:focus { translate: none; }
header, nav, nav ul { display: flex; align-items: center; gap: 1rem; }
header { justify-content: space-between; margin-bottom: 1.25rem; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: 0.4rem 0; font-weight: 500; }
nav a[aria-current] { color: inherit; text-decoration-thickness: 3px; }
.account { position: relative; }
.account summary { max-width: 11rem; overflow: hidden; padding: 0.4rem 0; text-overflow: ellipsis; white-space: nowrap; cursor: pointer; }
.account form {
  position: absolute;
  top: 100%;
  right: 0;
  z-index: 1;
  padding: 0.75rem;
  border: 1px solid var(--line);
  border-radius: 0.6rem;
  background: var(--card);
  box-shadow: 0 10px 30px #00000026;
}
.account button { min-height: 2.4rem; padding: 0 1.25rem; white-space: nowrap; }
.logo {
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
h2 { margin: 1.75rem 0 0.75rem; font-size: 1.1rem; line-height: 1.3; }
p { margin: 0 0 1.25rem; }
small { color: var(--faint); font-size: 0.875rem; }
a { color: var(--link); text-underline-offset: 0.2em; }
form { margin: 0; }
.sessions { margin: 0 0 1.25rem; padding: 0; list-style: none; }
.sessions li { padding: 0.9rem 0; border-top: 1px solid var(--line); }
.sessions p { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
.sessions li { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1.5rem; }
.sessions li > div { display: flex; flex: 1 1 15rem; align-items: center; gap: 0.9rem; }
.sessions li p { flex: 1; margin: 0; }
.sessions li button, .confirm summary { min-height: 2.4rem; padding: 0 1rem; }
.sessions + form { margin-bottom: 1.25rem; }
.sessions small { display: block; }
.device { flex: none; width: 2rem; height: 2rem; fill: none; stroke: var(--faint); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.active { color: var(--good); font-weight: 600; }
.active::before { content: ""; display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.45em; border-radius: 50%; background: currentcolor; }
.cards { display: grid; gap: 0.75rem; margin: 0 0 1.25rem; padding: 0; list-style: none; }
.cards li { padding: 0.8rem 1rem; border: 1px solid var(--line); border-radius: 0.6rem; }
.cards a { font-weight: 600; }
.cards span { display: block; color: var(--faint); }
progress { display: block; width: 100%; height: 0.6rem; margin: 0.6rem 0; accent-color: var(--accent); }
[role="timer"] { font-variant-numeric: tabular-nums; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.75rem; }
.tiles div { padding: 0.8rem 1rem; border: 1px solid var(--line); border-radius: 0.6rem; }
.tiles dt { font-size: 0.875rem; }
.tiles dd { font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.plot { display: grid; grid-template: 8rem auto / auto 1fr; gap: 0.25rem 0.6rem; margin-bottom: 1.25rem; color: var(--faint); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
.plot .y { display: flex; flex-direction: column; justify-content: space-between; text-align: right; line-height: 1; }
.plot .x { display: flex; grid-column: 2; justify-content: space-between; }
.chart { display: block; width: 100%; height: 100%; }
.chart .ground { fill: none; stroke: var(--line); vector-effect: non-scaling-stroke; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.sample { width: 1.5rem; height: 0.5rem; }
.signed { stroke: light-dark(#1b6e3c, #6fd196); stroke-dasharray: 7 4; }
.verified { stroke: light-dark(#1f5fae, #82b6ff); }
.rejected { stroke: light-dark(#a8231b, #ff9a8f); stroke-dasharray: 2 3; }
.failed { stroke: light-dark(#6a615b, #a89e97); stroke-dasharray: 12 3 2 3; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.45rem 0 0.45rem 0.75rem; border-top: 1px solid var(--line); text-align: right; font-weight: 400; }
th:first-child { padding-left: 0; text-align: left; white-space: nowrap; }
thead th { border: 0; color: var(--faint); font-size: 0.875rem; }
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
button.danger, .confirm summary { border-color: var(--alarm); background: none; color: var(--alarm); }
button.danger:hover, .confirm summary:hover { background: var(--alarm-ground); }
button:disabled, button:disabled:hover { border-color: var(--line); background: none; color: var(--faint); cursor: not-allowed; }
.confirm summary { display: grid; place-items: center; border: 1px solid; border-radius: 0.55rem; font-weight: 600; list-style: none; cursor: pointer; }
.confirm summary::-webkit-details-marker { display: none; }
.confirm[open] summary { margin-bottom: 0.5rem; }
.confirm button, button:disabled { width: auto; }
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
.hint { margin: 1.1rem 0 0; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.55rem 1.25rem; margin: 0 0 1.5rem; }
dt { color: var(--faint); }
dd { min-width: 0; margin: 0; overflow-wrap: anywhere; }
time { white-space: nowrap; }
@media (max-width: 34rem) {
  .logo span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  header:not(:has(nav)) .logo span { all: unset; }
}
@media (max-width: 24rem) {
  body { padding-inline: 0.75rem; }
  header, nav, nav ul { gap: 0.6rem; }
  nav { font-size: 0.875rem; }
  .account summary { max-width: 3.6rem; }
  main { padding: 1.25rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.6rem; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 0.6rem; }
  .tiles dd { margin: 0; }
}
`;
