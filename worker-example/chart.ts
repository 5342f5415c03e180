import { html } from "hono/html";
import type { Page } from "./layout.ts";

const WIDTH = 600;
const HEIGHT = 120;

export interface Line {
  /** The style sheet gives each its colour and its dashes, so that nobody needs to tell colours apart. */
  readonly name: string;
  readonly values: readonly number[];
}

/** What stands beside a chart. */
export interface Labels {
  /** For those who don't see it. */
  readonly description: string;
  /** What the first and the last value are of. */
  readonly bottom: readonly [string, string];
  /** What the numbers at the left count. */
  readonly unit: string;
}

/** Lines over time as an inline picture: the style sheet draws it, and no script. */
export function lineChart(lines: readonly Line[], { description, bottom, unit }: Labels): Page {
  const most = Math.max(2, ...lines.flatMap(({ values }) => values));
  // Even, so that the line in the middle is a whole number.
  const top = most + (most % 2);
  const [first, last] = bottom;
  return html`<div class="plot">
    <div class="y" aria-hidden="true"><span>${top}</span><span>${top / 2}</span><span>0</span></div>
    <svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img"
        aria-label="${description}">
      <path class="ground" d="M0 ${HEIGHT - 1}H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 1H${WIDTH}"/>
      ${lines.map(({ name, values }) => html`<polyline class="line ${name}" points="${pointsOf(values, top)}"/>`)}
    </svg>
    <div class="x" aria-hidden="true"><span>${first}</span><span>${unit}</span><span>${last}</span></div>
  </div>`;
}

/** The line of one name, for a legend. */
export const sample = (name: string): Page =>
  html`<svg class="sample" viewBox="0 0 24 8" aria-hidden="true"><polyline class="line ${name}" points="0,4 24,4"/></svg>`;

const pointsOf = (values: readonly number[], top: number): string =>
  values
    .map((value, i) => {
      const x = (i / (values.length - 1)) * WIDTH;
      const y = HEIGHT - 2 - (value / top) * (HEIGHT - 4);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
