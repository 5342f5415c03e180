import type { SessionEnd, WatchEvent } from "./types.ts";

/** Events that wait to be read: at most one of data, one of the connection, and the end. */
export class EventQueue<Data> {
  /** Whether anybody reads. Until then only the end is kept. */
  isRead = false;
  #data: Extract<WatchEvent<Data>, { session: unknown }> | undefined;
  /** The last state of the connection that was read. */
  #told: "known" | "unknown" = "known";
  #isKnown = true;
  #end: SessionEnd | null | undefined;
  #waiting: ((result: IteratorResult<WatchEvent<Data>, undefined>) => void)[] = [];

  /** Adds the session's data. Data that nobody has read yet is replaced. */
  data(event: Extract<WatchEvent<Data>, { session: unknown }>): void {
    if (!this.isRead) return;
    this.#data = this.#data === undefined ? event : { ...event, type: this.#data.type };
    this.#serve();
  }

  connection(isKnown: boolean): void {
    this.#isKnown = isKnown;
    this.#serve();
  }

  /** Ends the events; `null` without telling an end. */
  end(end: SessionEnd | null): void {
    this.#end = end;
    this.#data = undefined;
    this.#serve();
  }

  next(): Promise<IteratorResult<WatchEvent<Data>, undefined>> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#serve();
    });
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const result = this.#take();
      if (result === undefined) return;
      this.#waiting.shift()?.(result);
    }
  }

  #take(): IteratorResult<WatchEvent<Data>, undefined> | undefined {
    if (this.#end !== undefined) {
      const end = this.#end;
      this.#end = null;
      return end === null
        ? { done: true, value: undefined }
        : { done: false, value: { type: "ended", ...end } };
    }
    const state = this.#isKnown ? "known" : "unknown";
    if (state !== this.#told) {
      this.#told = state;
      return { done: false, value: { type: state } };
    }
    const value = this.#data;
    this.#data = undefined;
    return value && { done: false, value };
  }
}
