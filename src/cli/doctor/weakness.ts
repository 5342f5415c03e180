import { utf8 } from "../../lib/bytes.ts";
import { MIN_SECRET_BYTES } from "../../options.ts";
import { readSecrets } from "../environment.ts";
import type { Environment } from "../variables.ts";
import { type Finding, findingsOf } from "./finding.ts";

const secret = findingsOf("secret");

/** Random text of 32 characters practically never has fewer different ones, not even in hexadecimal. */
const MIN_DISTINCT = 9;

/** Words from examples and from secrets that people make up. Random text practically never contains one. */
const MADE_UP =
  /change.?me|change.?this|replace.?me|secret|passw[o0]?r?d|default|example|placeholder|openssl|bytes.or.more|your.?key|qwerty|letmein|12345678|abcdefgh|01234567/i;

const ADVICE =
  "put a new one in front (redis-web-token secret), and remove this one when its tokens have expired";

/** Why a secret can be guessed, without showing any of it; `undefined` if no weakness is found. */
export function weaknessOf(text: string): string | undefined {
  const distinct = new Set(text).size;
  if (distinct === 1) return "it is one character repeated";
  if (repeats(text)) return "it repeats itself";
  if (distinct < MIN_DISTINCT) return `it has only ${distinct} different characters`;
  if (MADE_UP.test(text)) return "it contains a word or sequence that people often use in secrets";
  if (/^[\p{Ll}\p{P}\s]+$/u.test(text)) return "it consists of lowercase letters only, as words do";
  return undefined;
}

/** Whether the text repeats a piece of at most half its length. */
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
          "make a new one: redis-web-token secret. Commas separate secrets, so put a secret that contains one into a JSON array",
        ),
      ];
    }
    const weakness = weaknessOf(text);
    return weakness === undefined ? [] : [secret.warning(`${which} can be guessed: ${weakness}`, ADVICE)];
  });
  if (new Set(secrets).size < secrets.length) {
    findings.push(secret.warning("RWT_SECRET contains the same one twice", "remove one of them"));
  }
  if (env.RWT_SECRET !== env.RWT_SECRET?.trim()) {
    findings.push(
      secret.warning(
        "there is white space around it, which is part of the secret for services that don't trim the variable",
        "remove it from RWT_SECRET in every service",
      ),
    );
  }
  if (findings.length > 0) return findings;
  return [secret.ok(secrets.length === 1 ? "no weakness found" : `${secrets.length}, no weakness found`)];
}
