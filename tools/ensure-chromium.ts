/** Installs Chromium where it is missing and can be, or says how to: the browser's tests never leave themselves out. */
import { installWithApt, works } from "./apt.ts";
import { chromiumPath } from "./chromium.ts";

// Chromium brings no font of its own.
const NEEDS = ["chromium", "fonts-dejavu-core"];

const isThere = (): boolean => works(chromiumPath, "--version");

if (!isThere() && !(installWithApt(...NEEDS) && isThere())) {
  console.error(
    `Chromium is not installed; run: apt-get install ${NEEDS.join(" ")}   (elsewhere: CHROMIUM=/path/to/chrome npm run test:browser)`,
  );
  process.exitCode = 1;
}
