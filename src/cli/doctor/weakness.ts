import { utf8 } from "../../lib/bytes.ts";
import { MIN_SECRET_BYTES } from "../../options.ts";
import { readSecrets } from "../environment.ts";
import type { Environment } from "../variables.ts";
import { type Finding, findingsOf } from "./finding.ts";

const secret = findingsOf("secret");

/** Random text of 32 characters has fewer different ones than this about never, in hexadecimal too. */
const MIN_DISTINCT = 9;

/** Words that are in examples and in secrets that people made up, and in random ones never by chance. */
const MADE_UP =
  /change.?me|change.?this|replace.?me|secret|passw[o0]?r?d|default|example|placeholder|openssl|bytes.or.more|your.?key|qwerty|letmein|12345678|abcdefgh|01234567/i;

const ADVICE = "put a new one in front (redis-web-token secret), and drop this one when its tokens are dead";

/** Why a secret can be guessed, in words that show nothing of it; `undefined` where nothing speaks for that. */
export function weaknessOf(text: string): string | undefined {
  const distinct = new Set(text).size;
  if (distinct === 1) return "it is one character again and again";
  if (repeats(text)) return "it repeats itself";
  if (distinct < MIN_DISTINCT) return `it has only ${distinct} different characters`;
  if (MADE_UP.test(text)) return "it holds a word or a row of characters that people make secrets of";
  if (/^[\p{Ll}\p{P}\s]+$/u.test(text)) return "it is made of small letters alone, as words are";
  return undefined;
}

/** Whether a piece of at most half its length makes all of it. */
function repeats(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.slice(length) === text.slice(0, -length)) return true;
  }
  return false;
}

export function checkSecrets(env: Environment): readonly Finding[] {
  const secrets = readSecrets(env);
  if (secrets.length === 0) return [secret.unknown("RWT_SECRET isn't set")];
  const findings = secrets.flatMap((text, i) => {
    const which = secrets.length === 1 ? "it" : `number ${i + 1} of ${secrets.length}`;
    if (utf8(text).length < MIN_SECRET_BYTES) {
      return [
        secret.problem(
          `${which} is shorter than ${MIN_SECRET_BYTES} bytes, which every service refuses`,
          "make one: redis-web-token secret. A comma parts two secrets: one that holds a comma goes into a JSON array",
        ),
      ];
    }
    const weakness = weaknessOf(text);
    return weakness === undefined ? [] : [secret.warning(`${which} can be guessed: ${weakness}`, ADVICE)];
  });
  if (new Set(secrets).size < secrets.length) {
    findings.push(secret.warning("the ring has the same one twice", "drop it"));
  }
  if (env.RWT_SECRET !== env.RWT_SECRET?.trim()) {
    findings.push(
      secret.warning(
        "there is white space around it, which a service that takes the variable as it is counts as part of it",
        "set RWT_SECRET without, everywhere alike",
      ),
    );
  }
  if (findings.length > 0) return findings;
  return [secret.ok(secrets.length === 1 ? "no weakness found" : `${secrets.length}, no weakness found`)];
}
