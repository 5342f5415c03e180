import { html } from "hono/html";
import type { Page } from "./layout.ts";

const WIDTH = 600;
const HEIGHT = 120;

export interface Line {
  /** The style sheet gives each its colour and its dashes, so that nobody needs to tell colours apart. */
  readonly name: string;
  readonly values: readonly number[];
}

/** Lines over time as an inline picture: the style sheet draws it, and no script. */
export function lineChart(lines: readonly Line[], description: string): Page {
  const top = Math.max(1, ...lines.flatMap(({ values }) => values));
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img"
      aria-label="${description}">
    <path class="ground" d="M0 ${HEIGHT - 1}H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 1H${WIDTH}"/>
    ${lines.map(({ name, values }) => html`<polyline class="line ${name}" points="${pointsOf(values, top)}"/>`)}
  </svg>`;
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
