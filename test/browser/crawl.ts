/** A static site's answer at an address, with its links. */
interface Visit {
  readonly status: number;
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
}

export interface Crawled {
  /** The addresses of all reachable pages. */
  readonly pages: readonly string[];
  /** Each dead link, after the page that contains it. */
  readonly dead: readonly string[];
}

/** Follows every link of a site, starting at its home page. It ignores links to other sites. */
export async function crawl(home: string): Promise<Crawled> {
  const visits = new Map<string, Visit>();
  const left = [home];
  for (let url = left.pop(); url !== undefined; url = left.pop()) {
    if (visits.has(url)) continue;
    const visit = await visitPage(url);
    visits.set(url, visit);
    left.push(...visit.links.map(withoutHash).filter((link) => isOf(home, link)));
  }
  const dead = [...visits].flatMap(([page, { links }]) =>
    links
      .filter((link) => isOf(home, link) && !leadsSomewhere(visits, link))
      .map((link) => `${page} → ${link}`),
  );
  return { pages: [...visits.keys()], dead };
}

async function visitPage(url: string): Promise<Visit> {
  const response = await fetch(url);
  const html = await response.text();
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html") ?? false;
  return {
    // The page's source, which lies next to it, isn't a valid target.
    status: isPage ? response.status : 404,
    ids: new Set(attributes(html, /\sid="([^"]*)"/g)),
    links: attributes(html, /<a\s[^>]*?href="([^"]*)"/g).map((link) => new URL(link, url).href),
  };
}

const attributes = (html: string, pattern: RegExp): string[] =>
  [...html.matchAll(pattern)].map(([, value = ""]) => value.replaceAll("&amp;", "&"));

const withoutHash = (url: string): string => url.replace(/#.*/, "");

const isOf = (home: string, url: string): boolean => new URL(url).origin === new URL(home).origin;

function leadsSomewhere(visits: ReadonlyMap<string, Visit>, link: string): boolean {
  const target = visits.get(withoutHash(link));
  const anchor = decodeURIComponent(new URL(link).hash.slice(1));
  return target?.status === 200 && (anchor === "" || target.ids.has(anchor));
}
