import { setTimeout as sleep } from "node:timers/promises";
import { type Lie, tokenOf } from "../mutations.ts";
import type { OnceCalls } from "./protocol.ts";

/** Lies about one-time tokens. The first part of each name is the rule by which the checker must find it. */
export const ONCE_LIES: Readonly<Record<string, Lie>> = {
  // Reads and deletes in two steps, so that racing consumers both get it.
  "O1-readThenDelete": ({ operation, call, ask }) =>
    operation === "onceConsume"
      ? ask("oncePeek", { token: tokenOf(call) }).then(async (found) => {
          await sleep(2);
          await ask();
          return found;
        })
      : undefined,

  "O1-again": ({ operation, call, memory, ask, isNow }) =>
    operation === "onceConsume" && isNow(0.2)
      ? ask().then((answer) => answer ?? memory.once.get(tokenOf(call)) ?? null)
      : undefined,

  "O2-refuses": ({ operation, isNow }) =>
    operation === "oncePeek" && isNow(0.1) ? Promise.resolve(null) : undefined,

  // A peek that uses the token up, as a scanner's GET of a careless link does.
  "O2-peekTakes": ({ operation, call, ask, isNow }) =>
    operation === "oncePeek" && isNow(0.3) ? ask("onceConsume", { token: tokenOf(call) }) : undefined,

  // Takes it away and tells nobody.
  "O2-nobody": ({ operation, ask, isNow }) =>
    operation === "onceConsume" && isNow(0.3) ? ask().then(() => null) : undefined,

  "O3-olderLives": ({ operation, call, ask }) => {
    const { replaces, ...rest } = call as OnceCalls["onceIssue"];
    return operation === "onceIssue" && replaces ? ask("onceIssue", { ...rest, replaces: false }) : undefined;
  },

  "O3-revokesNothing": ({ operation }) => (operation === "onceRevoke" ? Promise.resolve(true) : undefined),

  "O3-stale": ({ operation, call, memory, ask, isNow }) =>
    operation === "oncePeek" && isNow(0.3)
      ? ask().then((answer) => answer ?? memory.once.get(tokenOf(call)) ?? null)
      : undefined,

  "O4-crossed": ({ operation, memory, ask, isNow }) =>
    operation === "oncePeek" && isNow(0.2)
      ? ask().then((answer) => answer && [...memory.once.values()][0])
      : undefined,

  "O4-anyCode": ({ operation, call, ask, isNow }) => {
    const { subject } = call as OnceCalls["onceGuess"];
    return operation === "onceGuess" && isNow(0.2)
      ? ask().then((answer) => answer ?? { name: "guessed", subject, expiresAt: 0 })
      : undefined;
  },

  // Takes wrong guesses without counting them.
  "O5-uncounted": ({ operation, call, memory }) => {
    const { subject, code } = call as OnceCalls["onceGuess"];
    return operation === "onceGuess" && memory.codes.get(subject) !== code
      ? Promise.resolve(null)
      : undefined;
  },

  "O5-twice": ({ operation, ask }) =>
    operation === "onceGuess" ? ask().then(async (answer) => answer ?? (await ask())) : undefined,

  "O6-late": ({ operation, call, memory, ask }) =>
    operation === "oncePeek"
      ? ask().then((answer) => answer ?? memory.once.get(tokenOf(call)) ?? null)
      : undefined,
};
