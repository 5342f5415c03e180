import { html } from "hono/html";
import type { Page } from "./layout.ts";

const WIDTH = 600;
const HEIGHT = 120;

export interface Line {
  /** The class name of the line. In the style sheet each has its own dashes too, for people who can't tell the colours apart. */
  readonly name: string;
  readonly values: readonly number[];
}

/** The texts around a chart. */
export interface Labels {
  /** For screen readers. */
  readonly description: string;
  /** The labels of the first and the last value. */
  readonly bottom: readonly [string, string];
  /** The unit of the numbers at the left. */
  readonly unit: string;
}

/** Draws lines over time as an inline SVG, without a script. */
export function lineChart(lines: readonly Line[], { description, bottom, unit }: Labels): Page {
  const most = Math.max(2, ...lines.flatMap(({ values }) => values));
  // An even number, so that the label in the middle is a whole number.
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

/** A short sample of a line, for a legend. */
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
