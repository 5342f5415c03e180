/** The data of every session: 300 bytes of JSON. Flat, since redis-sessions takes nothing else. */
export type User = Readonly<Record<string, string | number | boolean>> & { readonly id: string };

const BYTES = 300;

export const user: User = (() => {
  const base = {
    id: "42",
    name: "Ada Lovelace",
    email: "ada@example.com",
    role: "admin",
    beta: true,
    note: "",
  };
  return { ...base, note: "x".repeat(BYTES - JSON.stringify(base).length) };
})();

export const secret = "a secret of the benchmark, 32 bytes or more";

/** Idle timeout of all sessions, seconds. */
export const TTL = 3600;
