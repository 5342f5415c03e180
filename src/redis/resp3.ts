import { type Bytes, joined, utf8 } from "../lib/bytes.ts";

/** Reads the replies of a connection that speaks RESP3, as far as the library's commands need it. */
export interface Resp3Reader {
  /** Takes what has come in. Throws for what isn't RESP3. */
  read(chunk: Uint8Array): void;
}

/** Thrown while a reply isn't complete. */
const INCOMPLETE = Symbol();

/**
 * @param onReply - called with each reply, an `Error` for an error
 * @param onPush - called with each push message
 */
export function resp3Reader(onReply: (reply: unknown) => void, onPush: (push: unknown) => void): Resp3Reader {
  const decoder = new TextDecoder();
  let bytes: Bytes = new Uint8Array();
  let at = 0;

  function text(length: number): string {
    if (at + length + 2 > bytes.length) throw INCOMPLETE;
    const from = at;
    at += length + 2;
    return decoder.decode(bytes.subarray(from, from + length));
  }

  function line(): string {
    const end = bytes.indexOf(0x0d, at);
    if (end < 0) throw INCOMPLETE;
    return text(end - at);
  }

  const items = (count: number): unknown[] | null =>
    count < 0 ? null : Array.from({ length: count }, () => value(line()));

  function value(head: string): unknown {
    const rest = head.slice(1);
    switch (head[0]) {
      case "+":
        return rest;
      case "-":
        return new Error(rest);
      case ":":
        return Number(rest);
      case "_":
        return null;
      case "$":
        return Number(rest) < 0 ? null : text(Number(rest));
      case "*":
      case ">":
        return items(Number(rest));
      case "%":
        return items(2 * Number(rest));
      default:
        throw new Error("the reply isn't RESP3");
    }
  }

  function next(): boolean {
    const from = at;
    try {
      const head = line();
      const reply = value(head);
      (head.startsWith(">") ? onPush : onReply)(reply);
      return true;
    } catch (error) {
      if (error !== INCOMPLETE) throw error;
      at = from;
      return false;
    }
  }

  return {
    read(chunk) {
      bytes = joined(bytes.subarray(at), chunk);
      at = 0;
      while (at < bytes.length && next());
    },
  };
}

/** A command as RESP. */
export const respOf = (args: readonly string[]): string =>
  `*${args.length}\r\n${args.map((arg) => `$${utf8(arg).length}\r\n${arg}\r\n`).join("")}`;
