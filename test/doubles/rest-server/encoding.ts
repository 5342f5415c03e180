import type { Outcome, Reply } from "./redis-connection.ts";

/** The value of the request header `Upstash-Encoding`. `undefined` for plain text. */
export type Encoding = "base64" | undefined;

type Json = null | number | string | Json[];

/** Converts an outcome to the JSON of an answer. Errors stay plain text. */
export function toJson(outcome: Outcome, encoding: Encoding): { result: Json } | { error: string } {
  if ("error" in outcome) return outcome;
  // A reply of OK is never encoded. Within arrays OK is, since @upstash/redis decodes all strings there.
  if (isOk(outcome.result)) return { result: "OK" };
  return { result: encode(outcome.result, encoding) };
}

function isOk(reply: Reply): boolean {
  return Buffer.isBuffer(reply) && reply.equals(Buffer.from("OK"));
}

function encode(reply: Reply, encoding: Encoding): Json {
  if (Array.isArray(reply)) return reply.map((element) => encode(element, encoding));
  return Buffer.isBuffer(reply) ? reply.toString(encoding ?? "utf8") : reply;
}
