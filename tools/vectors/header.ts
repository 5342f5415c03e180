/** The fields of line 1 of a session's value. The defaults are those of a new session. */
export interface HeaderFields {
  readonly iat?: number;
  /** 11 characters. */
  readonly epoch?: string;
  readonly generation?: number;
  readonly state?: number;
  /** Unix seconds. */
  readonly until?: number;
  /** Unix seconds. */
  readonly again?: number;
  readonly serial?: number;
  readonly revision?: number;
}

export const IAT = 1_795_000_000;
export const EPOCH = "AbCd_-01234";
/** What a session without a subject has in place of an epoch. */
export const NO_EPOCH = "-----------";

const digits = (value: number, width: number): string => String(value).padStart(width, "0");

export const headerOf = ({
  iat = IAT,
  epoch = NO_EPOCH,
  generation = 0,
  state = 1,
  until = 0,
  again = 0,
  serial = 0,
  revision = 0,
}: HeaderFields = {}): string =>
  [
    1,
    digits(iat, 10),
    epoch,
    digits(generation, 5),
    state,
    digits(until, 10),
    digits(again, 10),
    digits(serial, 8),
    digits(revision, 8),
  ].join(" ");

/** Line 1 of a person's value. */
export const personHeader = (serial = 0, epoch: string = EPOCH): string => `1 ${epoch} ${digits(serial, 8)}`;
