import { NEVER } from "../clock.ts";

/** A call that may end a token or a code between two times. */
export interface Ender {
  readonly from: number;
  /** `NEVER` while it is under way. */
  until: number;
}

type ItemFacts = Pick<
  Item,
  "kind" | "name" | "text" | "attempts" | "issuing" | "issuedFrom" | "issuedBy" | "expires"
>;

/** A token or a code, and what is known about its end. Times are milliseconds. */
export class Item {
  readonly kind: "token" | "code";
  /** Its data, which no other one has. */
  readonly name: string;
  /** The token's or the code's text. */
  readonly text: string;
  /** Its issue, which has ended the subject's older ones; `undefined` for a token that nothing replaces. */
  readonly issuing: Ender | undefined;
  /** Wrong guesses that a code takes. */
  readonly attempts: number;
  readonly issuedFrom: number;
  readonly issuedBy: number;
  /** Between these times it expires. */
  readonly expires: { readonly from: number; readonly to: number };

  /** The calls that may have ended it, without those that concern all of a subject's. */
  readonly enders: Ender[] = [];
  /** When the last call began that found it. */
  foundFrom = -NEVER;
  /** By when it was certainly gone. */
  goneBy = NEVER;
  goneWhy = "";
  /** How many consumers got it, how many didn't, and how many got no reply. */
  taken = 0;
  refused = 0;
  lost = 0;
  underWay = 0;
  /** When each wrong guess had certainly counted. */
  readonly wrongBy: number[] = [];

  constructor(facts: ItemFacts) {
    this.kind = facts.kind;
    this.name = facts.name;
    this.text = facts.text;
    this.attempts = facts.attempts;
    this.issuing = facts.issuing;
    this.issuedFrom = facts.issuedFrom;
    this.issuedBy = facts.issuedBy;
    this.expires = facts.expires;
  }

  gone(by: number, why: string): void {
    if (by >= this.goneBy) return;
    this.goneBy = by;
    this.goneWhy = why;
  }

  /** How many wrong guesses had certainly counted by a time. */
  certainlyWrong(by: number): number {
    return this.wrongBy.filter((time) => time < by).length;
  }
}

/** A guess of a subject's code, which any other code of the subject takes for a wrong one. */
export interface Guess extends Ender {
  readonly code: string;
}

/** A subject's tokens and codes, and the calls that concern all of them. */
export class Holder {
  readonly subject: string;
  items: Item[] = [];
  readonly enders: { token: Ender[]; code: Ender[] } = { token: [], code: [] };
  guesses: Guess[] = [];

  constructor(subject: string) {
    this.subject = subject;
  }

  /** Whether anything but one call may have ended an item by a time. */
  mayHaveEnded(item: Item, by: number, except?: Ender): boolean {
    const { issuing, issuedFrom } = item;
    const ofAll = issuing === undefined ? [] : this.enders[item.kind];
    return (
      item.enders.some((one) => one !== except && one.from < by) ||
      ofAll.some((one) => one !== issuing && one.from < by && one.until > issuedFrom) ||
      item.expires.from < by ||
      (item.kind === "code" && this.mayBeWrong(item, by, except) >= item.attempts)
    );
  }

  /** How many guesses may have counted as wrong ones of a code by a time, except one. */
  mayBeWrong({ kind, text, issuedFrom }: Item, by: number, except?: Ender): number {
    if (kind === "token") return 0;
    return this.guesses.filter(
      (guess) => guess !== except && guess.code !== text && guess.from < by && guess.until > issuedFrom,
    ).length;
  }
}
