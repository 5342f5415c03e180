/** Debian's Chromium, unless CHROMIUM names another. */
export const chromiumPath: string = process.env.CHROMIUM || "/usr/bin/chromium";
