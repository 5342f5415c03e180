/** An answer that is sent instead of Redis's. */
export interface FakeAnswer {
  /** An HTTP status, such as 429, 500 or 502. */
  code: number;
  body: string;
  /** @default "application/json" */
  contentType?: string;
}

interface FaultValues {
  /** Milliseconds to wait before anything else. */
  latencyMs: number;
  /** Close the connection; the command does not run. */
  dropBefore: boolean;
  /** Run the command, then close the connection without an answer. */
  dropAfter: boolean;
  /** Never answer; the command does not run. */
  hang: boolean;
  /** Run the command, then never answer. */
  hangAfter: boolean;
  /** Answer this instead; the command does not run. */
  status: FakeAnswer | null;
  /** Run the command, and answer with the first half of the JSON. */
  truncate: boolean;
}

export type FaultName = keyof FaultValues;

/** A fault for every request, or for the next `times` requests that it reaches. */
export type Fault<T> = T | { value: T; times: number };

type FaultKnobs = { [Name in FaultName]: Fault<FaultValues[Name]> };

/** The faults to inject. Set any of them; `reset` removes them all. */
export interface Faults extends FaultKnobs {
  reset(): void;
}

const NONE: FaultValues = {
  latencyMs: 0,
  dropBefore: false,
  dropAfter: false,
  hang: false,
  hangAfter: false,
  status: null,
  truncate: false,
};

export function createFaults(): Faults {
  return {
    ...NONE,
    reset() {
      Object.assign(this, NONE);
    },
  };
}

/** A fault for the next request only. */
export function once<T>(value: T): { value: T; times: number } {
  return { value, times: 1 };
}

/** The value of a fault for this request. This counts as one of its `times`. */
export function take<Name extends FaultName>(faults: Faults, name: Name): FaultValues[Name] {
  const fault: Fault<FaultValues[Name]> = (faults as FaultKnobs)[name];
  if (!isLimited(fault)) return fault;
  const { value, times } = fault;
  Object.assign(faults, { [name]: times > 1 ? { value, times: times - 1 } : NONE[name] });
  return times > 0 ? value : NONE[name];
}

/** Sets all faults from another process's JSON. Faults that it doesn't name are reset. Throws for an unknown fault. */
export function setFaults(faults: Faults, json: unknown): void {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TypeError("expected a JSON object of faults");
  }
  for (const [name, fault] of Object.entries(json)) {
    if (!isFault(name, fault)) throw new TypeError(`no such fault: ${JSON.stringify({ [name]: fault })}`);
  }
  faults.reset();
  Object.assign(faults, json);
}

function isLimited<T>(fault: Fault<T>): fault is { value: T; times: number } {
  return typeof fault === "object" && fault !== null && "times" in fault;
}

function isFault(name: string, fault: unknown): boolean {
  if (!Object.hasOwn(NONE, name)) return false;
  const value = isLimited(fault) ? fault.value : fault;
  if (isLimited(fault) && typeof fault.times !== "number") return false;
  if (name === "latencyMs") return typeof value === "number" && value >= 0;
  if (name !== "status") return typeof value === "boolean";
  if (value === null) return true;
  if (typeof value !== "object") return false;
  return (
    "code" in value && typeof value.code === "number" && "body" in value && typeof value.body === "string"
  );
}
