import { toBase64Url } from "../../lib/bytes.ts";
import { type Command, EXIT } from "../command.ts";
import { print, printJson } from "../output.ts";

const SECRET_BYTES = 32;

/** Prints a new secret: 32 bytes from the CSPRNG. */
export const secret: Command = {
  summary: "print a new secret for RWT_SECRET: 32 random bytes as base64url",
  help: [],
  options: {},
  async run({ json }) {
    const made = toBase64Url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
    if (json) printJson({ secret: made });
    else print(made);
    return EXIT.ok;
  },
};
