/** The result of a check. `unknown` if Redis doesn't tell, as managed servers may not. */
export interface Finding {
  /** The check's name. Names are stable. */
  readonly check: string;
  readonly state: "ok" | "warning" | "problem" | "unknown";
  readonly message: string;
  /** What to set or do. */
  readonly advice?: string;
}

/** Makes the findings of one check. */
export interface Findings {
  ok(message: string): Finding;
  unknown(message: string): Finding;
  warning(message: string, advice: string): Finding;
  problem(message: string, advice: string): Finding;
}

export const findingsOf = (check: string): Findings => ({
  ok: (message) => ({ check, state: "ok", message }),
  unknown: (message) => ({ check, state: "unknown", message: `could not find out: ${message}` }),
  warning: (message, advice) => ({ check, state: "warning", message, advice }),
  problem: (message, advice) => ({ check, state: "problem", message, advice }),
});
