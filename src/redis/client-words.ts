/** What GLIDE, like other clients made of Rust's, calls an error in place of Redis's code; any other is an ERR. */
const KINDS: Readonly<Record<string, string>> = {
  NoScriptError: "NOSCRIPT",
  BusyLoadingError: "LOADING",
  ExecAbortError: "EXECABORT",
  TryAgain: "TRYAGAIN",
  ReadOnly: "READONLY",
  MasterDown: "MASTERDOWN",
  ClusterDown: "CLUSTERDOWN",
  CrossSlot: "CROSSSLOT",
  PermissionDenied: "NOPERM",
  Moved: "MOVED",
  Ask: "ASK",
};

/** An error reply in Redis's own words, code first, whatever a client made of it. Deno's keeps the protocol's minus sign. */
export const redisWords = (text: string): string =>
  text
    .replace(/^-(?=[A-Z])/, "")
    .replace(/^An error was signalled by the server\W+(\w+)\W+/, (_, kind) => `${KINDS[kind] ?? "ERR"} `);
