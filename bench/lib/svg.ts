/** A bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** How the value is written. */
  readonly text: string;
  /** Whose colour it has. */
  readonly group: string;
}

const WIDTH = 860;
const ROW = 26;
const LABELS = 300;
const VALUES = 90;
const TOP = 64;

/** One colour each on light and on dark; the groups are named in the legend, so that no meaning is in colour alone. */
const COLOURS = [
  { light: "#6e7781", dark: "#8b949e" },
  { light: "#0969da", dark: "#58a6ff" },
  { light: "#bc4c00", dark: "#f0883e" },
  { light: "#8250df", dark: "#bc8cff" },
];

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Horizontal bars, as SVG that follows the reader's light or dark scheme. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const groups = [...new Set(bars.map(({ group }) => group))];
  const most = Math.max(...bars.map(({ value }) => value));
  const height = TOP + bars.length * ROW + 14;
  const span = WIDTH - LABELS - VALUES - 16;
  const colours = (scheme: "light" | "dark") =>
    groups.map((_, i) => `.g${i} { fill: ${COLOURS[i % COLOURS.length]?.[scheme]} }`).join(" ");
  const summary = bars.map(({ label, text }) => `${label}: ${text}`).join("; ");
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title summary">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="summary">${escapeXml(summary)}</desc>`,
    "<style>",
    `text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600; font-size: 15px } .page { fill: #ffffff } ${colours("light")}`,
    `@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .page { fill: #0d1117 } ${colours("dark")} }`,
    "</style>",
    `<rect class="page" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text class="title" x="16" y="24">${escapeXml(title)}</text>`,
  ];
  let x = 16;
  groups.forEach((group, i) => {
    lines.push(`<rect class="g${i}" x="${x}" y="37" width="12" height="12" rx="2"/>`);
    lines.push(`<text x="${x + 18}" y="48">${escapeXml(group)}</text>`);
    x += 40 + group.length * 7;
  });
  bars.forEach(({ label, value, text, group }, i) => {
    const y = TOP + i * ROW;
    const width = Math.max(1, (value / most) * span);
    lines.push(`<text x="${LABELS - 8}" y="${y + 16}" text-anchor="end">${escapeXml(label)}</text>`);
    lines.push(
      `<rect class="g${groups.indexOf(group)}" x="${LABELS}" y="${y + 3}" width="${width.toFixed(1)}" height="${ROW - 8}" rx="2"/>`,
    );
    lines.push(`<text x="${(LABELS + width + 8).toFixed(1)}" y="${y + 16}">${escapeXml(text)}</text>`);
  });
  return `${[...lines, "</svg>"].join("\n")}\n`;
}
