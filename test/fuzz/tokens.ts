import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { createRwt } from "../../src/index.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import {
  deriveKeys,
  mintToken,
  openToken,
  type SecretKeys,
  type TokenFields,
} from "../../src/token/index.ts";
import { untouchedStore } from "../support/untouched-store.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import { expectThat, type Target } from "./target.ts";

interface Corpus {
  readonly secrets: readonly string[];
  readonly outsider: string;
  readonly tokens: readonly {
    readonly deadline: number;
    readonly expire: number;
    readonly generation: number;
    readonly person: string | null;
    readonly id: string;
  }[];
  readonly texts: readonly string[];
}

const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, "hex"));

/** Unix seconds. It lies between the deadlines of the corpus. */
const NOW = 1_900_000_000;

/** Values that aren't strings, but may look like one. */
const disguises: readonly ((token: string) => unknown)[] = [
  (token) => [token],
  (token) => Object(token),
  (token) => ({ toString: () => token, length: token.length }),
  (token) => utf8(token),
  () => Number.NaN,
  () => undefined,
];

/** The parser of tokens: only signed tokens open, with exactly the fields that were signed. */
export async function tokenTarget(): Promise<Target> {
  const corpus: Corpus = JSON.parse(readFileSync(new URL("corpus/tokens.json", import.meta.url), "utf8"));
  let macs = 0;
  const counted = async (secret: string): Promise<SecretKeys> => {
    const keys = await deriveKeys(utf8(secret));
    const token: SecretKeys["token"] = (body) => {
      macs++;
      return keys.token(body);
    };
    return { ...keys, token };
  };
  const ring = await Promise.all(corpus.secrets.map(counted));
  const outsider = await deriveKeys(utf8(corpus.outsider));
  // With the same kid as the first secret, so that all its tokens are tried with two keys.
  const [first] = ring;
  if (first === undefined) throw new Error("no secrets in the corpus");
  ring.push({ ...(await counted("of the same kid")), kid: first.kid });

  const signed = new Map<string, TokenFields>();
  const genuine: string[] = [];
  const foreign: string[] = [];
  const fieldsOf = ({ person, id, ...others }: Corpus["tokens"][number]): TokenFields => ({
    ...others,
    person: person === null ? undefined : bytes(person),
    id: bytes(id),
  });
  for (const fields of corpus.tokens.map(fieldsOf)) {
    for (const keys of ring) {
      const token = await mintToken(keys, fields);
      signed.set(token, fields);
      genuine.push(token);
    }
    foreign.push(await mintToken({ ...outsider, kid: first.kid }, fields));
  }
  const bases = [...genuine, ...genuine, ...foreign, ...corpus.texts];

  const asked: unknown[] = [];
  const check = async (session: unknown): Promise<null> => {
    asked.push(session);
    return null;
  };
  const rwt = createRwt({ secret: corpus.secrets, now: () => NOW, store: { ...untouchedStore(), check } });
  const known = ring.slice(0, corpus.secrets.length);
  const live = new Set<string>();
  for (const fields of corpus.tokens.map(fieldsOf)) {
    if (fields.deadline <= NOW) continue;
    for (const keys of known) live.add(await mintToken(keys, fields));
  }
  let opens = 0;
  macs = 0;

  async function execute(random: Random): Promise<void> {
    const text = mutate(random.pick(bases), random, bases);
    const input = random.below(256) === 0 ? random.pick(disguises)(text) : text;
    const opened = await openToken(ring, input);
    const truth = typeof input === "string" ? signed.get(input) : undefined;
    if (opened === null) {
      expectThat(truth === undefined, "a token that was signed opens", input);
    } else {
      opens++;
      expectThat(truth !== undefined, "only tokens that were signed open", input);
      const { lookup, keys, ...fields } = opened;
      expectThat(isDeepStrictEqual(fields, truth), "a token says what was signed", input);
    }
    // The service with its memoized tokens too: only live, genuine tokens may reach Redis.
    if (random.below(16) !== 0) return;
    asked.length = 0;
    const session = await rwt.verify(input as string);
    expectThat(session === null, "no session that Redis doesn't know of", input);
    const worthAsking = live.has(input as string);
    expectThat(asked.length === (worthAsking ? 1 : 0), "Redis is asked for live genuine tokens alone", input);
  }

  const note = (): string => `${macs} MACs computed, ${opens} tokens opened`;
  return { name: "tokens", share: 1, execute, note };
}
