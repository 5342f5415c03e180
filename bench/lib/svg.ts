export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value as it is displayed. */
  readonly text: string;
}

/** Bars of one colour, under a heading. */
export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  /** The axis's unit. */
  readonly unit: string;
  readonly groups: readonly BarGroup[];
}

export type Scheme = "light" | "dark";

interface Palette {
  readonly page: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  /** A colour for each group. The headings name the groups too, so that colour isn't the only carrier of meaning. */
  readonly groups: readonly string[];
}

const PALETTES: Readonly<Record<Scheme, Palette>> = {
  light: {
    page: "#ffffff",
    text: "#1f2328",
    muted: "#59636e",
    grid: "#d1d9e0",
    groups: ["#6e7781", "#0969da", "#bc4c00", "#8250df"],
  },
  dark: {
    page: "#0d1117",
    text: "#e6edf3",
    muted: "#9198a1",
    grid: "#3d444d",
    groups: ["#8b949e", "#58a6ff", "#f0883e", "#bc8cff"],
  },
};

const WIDTH = 700;
const MARGIN = 16;
/** Where the bars begin, to the right of their labels. */
const LEFT = 256;
/** Space for a value after the longest bar. */
const VALUES = 64;
const TOP = 64;
const HEADING = 26;
const ROW = 22;
const BAR = 14;
const AXIS = 40;

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** The distance between grid lines: 1, 2 or 5 times a power of ten, so that there are at most five. */
function stepOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 5));
  return ([1, 2, 5, 10].find((factor) => most / (factor * power) <= 5) ?? 10) * power;
}

/** Draws horizontal bars in groups, for pages of one colour scheme. */
export function barChart({ title, subtitle, unit, groups }: Chart, scheme: Scheme): string {
  const { page, text, muted, grid, groups: colours } = PALETTES[scheme];
  const bars = groups.flatMap((group) => group.bars);
  const most = Math.max(...bars.map(({ value }) => value));
  const bottom = TOP + groups.length * HEADING + bars.length * ROW + 6;
  const height = bottom + AXIS;
  const xOf = (value: number): string =>
    (LEFT + (value / most) * (WIDTH - LEFT - VALUES - MARGIN)).toFixed(1);
  const summary = groups
    .map((group) => `${group.title}: ${group.bars.map((bar) => `${bar.label} ${bar.text}`).join(", ")}.`)
    .join(" ");
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title summary">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="summary">${escapeXml(`${subtitle} ${summary}`)}</desc>`,
    "<style>",
    // The outline keeps grid lines out of the letters.
    `text { font: 13px system-ui, sans-serif; fill: ${text}; stroke: ${page}; stroke-width: 4px; paint-order: stroke }`,
    `.title { font-size: 16px; font-weight: 600 } .heading { font-weight: 600 } .muted { font-size: 12px; fill: ${muted} }`,
    `.page { fill: ${page} } .grid { stroke: ${grid} }`,
    ...groups.map((_, i) => `.g${i} { fill: ${colours[i % colours.length]} }`),
    "</style>",
    `<rect class="page" width="${WIDTH}" height="${height}" rx="8"/>`,
    `<text class="title" x="${MARGIN}" y="28">${escapeXml(title)}</text>`,
    `<text class="muted" x="${MARGIN}" y="48">${escapeXml(subtitle)}</text>`,
  ];
  for (let tick = 0; tick <= most; tick += stepOf(most)) {
    const x = xOf(tick);
    lines.push(
      `<path class="grid" d="M${x} ${TOP}V${bottom}"/>`,
      `<text class="muted" x="${x}" y="${bottom + 15}" text-anchor="middle">${tick.toLocaleString("en")}</text>`,
    );
  }
  lines.push(
    `<text class="muted" x="${WIDTH - MARGIN}" y="${height - 9}" text-anchor="end">${escapeXml(unit)}</text>`,
  );
  let y = TOP;
  groups.forEach((group, i) => {
    lines.push(`<text class="heading" x="${MARGIN}" y="${y + 18}">${escapeXml(group.title)}</text>`);
    y += HEADING;
    for (const bar of group.bars) {
      const end = Number(xOf(bar.value));
      lines.push(
        `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${escapeXml(bar.label)}</text>`,
        `<rect class="g${i}" x="${LEFT}" y="${y + 3}" width="${Math.max(1, end - LEFT).toFixed(1)}" height="${BAR}" rx="2"/>`,
        `<text x="${(end + 6).toFixed(1)}" y="${y + 14}">${escapeXml(bar.text)}</text>`,
      );
      y += ROW;
    }
  });
  return `${[...lines, "</svg>"].join("\n")}\n`;
}
