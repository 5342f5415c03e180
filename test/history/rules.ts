import { ONCE_RULES } from "./once/rules.ts";

/** The promises, derived from the specification and not from the code. */
export const RULES = {
  R0: "No error but the library's own, no warning, no crash.",
  R1: "A session that has ended stays ended, and a token that isn't live stays so, in every service.",
  R1idle: "A session that nobody used for its idle timeout has ended.",
  R1deadline: "No session lives past its deadline.",
  R2: "A live session is never answered with null or false.",
  R2err: "No error without a fault.",
  R3: "A session's data is a linearizable register; updateAll writes to all sessions of a person at one instant, and by a function nothing older than what others wrote since its load.",
  R4: "No session shows another session's data, subject, meta or deadline.",
  R5: "list shows each live session once, by an id that rotations don't change, and no ended one.",
  R6: "A person has at most maxSessions sessions, the oldest make room, and none is refused below the limit.",
  R7: "A rotation returns one successor; the old token is live until its successor is used, and during its grace; with retry: false it is dead at once.",
  R8: "Every key has an expiry, and nothing is left in the end.",
  R10: "After disconnect a process ends by itself.",
  R11: "An operation ends within its timeout.",
  R12: "No error once a fault is over.",
  R13: "Returned booleans are correct: destroy ends one live session once; destroyAll and updateAll return whether there was a person.",
  R14: "Reuse of an old token ends the session in every service and emits an event; a straggler does neither.",
  R15: "If a person's key is missing, the person's sessions end, and nothing revives them.",
  R16: "A watch tells the end of its session once and soon, and none that didn't happen.",
  ...ONCE_RULES,
} as const;

export type Rule = keyof typeof RULES;
