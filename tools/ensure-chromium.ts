/** Installs Chromium where it is missing and can be, or says how to: the browser's tests never leave themselves out. */
import { installWithApt, works } from "./apt.ts";

const isThere = (): boolean => works(process.env.CHROMIUM || "chromium", "--version");

if (!isThere() && !(installWithApt("chromium") && isThere())) {
  console.error(
    "Chromium is not installed; run: apt-get install chromium   (elsewhere: CHROMIUM=/path/to/chrome npm run test:browser)",
  );
  process.exitCode = 1;
}
