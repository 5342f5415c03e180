/** Debian's Chromium, unless the variable CHROMIUM is set. */
export const chromiumPath: string = process.env.CHROMIUM || "/usr/bin/chromium";
