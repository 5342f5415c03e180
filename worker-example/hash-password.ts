/**
 * Reads a password from standard input and prints its hash, for DEMO_USERS:
 *
 *     node worker-example/hash-password.ts < password.txt
 *     read -rs PASSWORD && printf %s "$PASSWORD" | node worker-example/hash-password.ts
 */
import { text } from "node:stream/consumers";
import { hashPassword } from "./password.ts";

if (process.stdin.isTTY) console.error("Type the password, then Enter and Ctrl-D (it shows as you type):");
const password = (await text(process.stdin)).replace(/\r?\n$/, "");
if (password === "") {
  console.error("No password on standard input. Type one, or pipe it in: < password.txt");
  process.exitCode = 1;
} else {
  console.log(await hashPassword(password));
}
