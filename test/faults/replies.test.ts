/** Replies that no healthy Redis sends, or none sends on demand. The proxy sends them instead, to every store over TCP. */
import { faultTest } from "./fault-test.ts";
import { type Fault, QUICK } from "./fixture.ts";

/** Commands that aren't part of a client's greeting. */
const COMMANDS = /\r\n(GET|MGET|SET|GETEX|EXPIRE|DEL|EVALSHA|EVAL|PING)\r\n/i;

type Row = readonly [name: string, reply: string, reasons: Fault["reasons"]];

const ANSWERS: readonly Row[] = [
  ["MASTERDOWN, of a replica that lost its primary", "-MASTERDOWN Link with MASTER is down\r\n", ["loading"]],
  ["CLUSTERDOWN", "-CLUSTERDOWN The cluster is down\r\n", ["server"]],
  // The store retries until its timeout.
  [
    "TRYAGAIN, in a resharding",
    "-TRYAGAIN Multiple keys request during rehashing of slot\r\n",
    ["timeout", "network"],
  ],
  ["MOVED, to a client that is no cluster's", "-MOVED 3999 127.0.0.1:1\r\n", ["server"]],
  ["NOAUTH, after a restart with a password", "-NOAUTH Authentication required.\r\n", ["auth"]],
  ["UNBLOCKED", "-UNBLOCKED force unblock from blocking operation\r\n", ["server"]],
  ["an error without a word of its kind", "-\r\n", ["network", "server", "reply"]],
  ["an error that holds what was sent", "-ERR unknown command 'GET', 'rwt:{beef}'\r\n", ["server"]],
  ["a number for a text, and for a flag", ":7\r\n", ["reply"]],
  ["an array", "*2\r\n$1\r\na\r\n$1\r\nb\r\n", ["reply"]],
  ["a text that is no session", "$5\r\nhello\r\n", ["reply"]],
  ["a type that RESP doesn't have", "?what\r\n", ["network", "reply", "timeout"]],
  ["bytes that mean nothing", "\u0000\u00ff\u0007\r\n\r\n", ["network", "reply", "timeout"]],
  [
    "a web server on the port",
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    ["network", "reply", "timeout"],
  ],
  ["a text that never ends", "$536870912\r\nrwt:", ["network", "timeout"]],
];

for (const [name, reply, reasons] of ANSWERS) {
  faultTest({
    name,
    over: "TCP",
    // A string is a valid reply to PING.
    ...(name.includes("no session") && {
      hits: ["sign", "sign, indexed", "slide", "verify", "extend", "destroy"],
    }),
    break: (proxy) => proxy.break({ answers: { to: COMMANDS, with: reply } }),
    mend: (proxy, { isCallers }) => proxy.mend(isCallers ? "are reset" : "stay"),
    reasons,
    ...(reasons.includes("timeout") && { timeout: QUICK }),
  });
}
