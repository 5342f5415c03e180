/** The operations on one-time tokens and codes. */
export interface OnceCalls {
  onceIssue: { subject: string; replaces: boolean; name: string };
  oncePeek: { token: string };
  onceConsume: { token: string };
  onceCode: { subject: string; attempts: number; name: string };
  onceGuess: { subject: string; code: string };
  onceRevoke: { subject: string };
}

/** What a token or a code stands for. */
export interface OnceSeen {
  readonly name: string;
  readonly subject: string;
  readonly expiresAt: number;
}

export interface OnceAnswers {
  onceIssue: string;
  oncePeek: OnceSeen | null;
  onceConsume: OnceSeen | null;
  onceCode: string;
  onceGuess: OnceSeen | null;
  onceRevoke: boolean;
}
