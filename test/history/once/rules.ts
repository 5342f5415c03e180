/** The promises of one-time tokens and codes. */
export const ONCE_RULES = {
  O1: "At most one consume gets a token or a code.",
  O2: "A live token or code isn't refused: of its consumers one gets it, unless a reply was lost.",
  O3: "A token or code that is used up, replaced, revoked or guessed away stays gone, in every service.",
  O4: "peek and consume return what was issued; a wrong code gets nothing.",
  O5: "A code takes as many wrong guesses as it allows: each counts once, and the last one ends it.",
  O6: "No token or code lives past its expiry.",
} as const;
