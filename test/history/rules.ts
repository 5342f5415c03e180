/** The promises, derived from the specification and not from the code. */
export const RULES = {
  R0: "No error but the library's own, no warning, no crash.",
  R1: "A session that has ended stays ended, and a token that isn't live stays so, in every service.",
  R1idle: "A session that nobody used for its idle timeout has ended.",
  R1deadline: "No session lives past its deadline.",
  R2: "A live session is never answered with null or false.",
  R2err: "No error without a fault.",
  R3: "A session's data is a linearizable register; updateAll writes to all sessions of a person at one instant.",
  R4: "No session shows another's data, subject, meta or deadline.",
  R5: "list shows each live session once, by an id that rotations don't change, and no ended one.",
  R6: "A person has at most maxSessions sessions, the oldest make room, and none is refused below the limit.",
  R7: "A rotation gives one successor; the old token lives until that is used and for its grace; with retry: false it dies at once.",
  R8: "Every key has an expiry, and nothing is left in the end.",
  R10: "After disconnect a process ends by itself.",
  R11: "An operation ends within its timeout.",
  R12: "No error once a fault is over.",
  R13: "Booleans are true: destroy ends one live session once; destroyAll and updateAll tell whether there was a person.",
  R14: "Reuse of an old token ends the session in every service and is told as an event; a straggler does neither.",
  R15: "A person's key that is missing ends the person's sessions, and nothing revives them.",
} as const;

export type Rule = keyof typeof RULES;
