/** Installs Chromium if it is missing, or says how to install it. The browser tests are never skipped. */
import { installWithApt, works } from "./apt.ts";
import { chromiumPath } from "./chromium.ts";

// The Chromium package contains no font.
const NEEDS = ["chromium", "fonts-dejavu-core"];

const isThere = (): boolean => works(chromiumPath, "--version");

if (!isThere() && !(installWithApt(...NEEDS) && isThere())) {
  console.error(
    `Chromium is not installed; run: apt-get install ${NEEDS.join(" ")}   (elsewhere: CHROMIUM=/path/to/chrome npm run test:browser)`,
  );
  process.exitCode = 1;
}
