/** Requests whose users must have proved something, and those that record it. Every session of theirs is one without `auth` at first. */
import { forged } from "../support/forged.ts";
import {
  type AuthCase,
  bearerOf,
  COOKIE,
  dead,
  EVIL,
  get,
  live,
  none,
  OPTIONAL,
  post,
} from "./auth-cases.ts";

const requires = (require: object, more: object = COOKIE) => ({ ...more, require });
const AGE = { maxAge: 300 };
const FORGERY = (token: string) => [bearerOf(forged(token))];

export const STEP_UP_CASES: readonly AuthCase[] = [
  get("a session without auth, for an age", 401, live, requires(AGE)),
  get("a session without auth, for a method", 401, live, requires({ amr: ["otp"] })),
  get(
    "a session without auth, for all",
    401,
    live,
    requires({ ...AGE, amr: ["pwd", "otp"], acr: ["2", "urn:3"] }),
  ),
  get("a session without auth, in a realm", 401, live, requires(AGE, { ...COOKIE, realm: "the bank" })),
  get("no session", 401, none, requires(AGE)),
  get("no session, where it is optional otherwise", 401, none, requires(AGE, OPTIONAL)),
  get("a dead cookie", 401, dead, requires(AGE)),
  get("a forged token, where it is optional otherwise", 401, FORGERY, requires(AGE, OPTIONAL)),
  { ...get("a WebSocket", 401, live, requires(AGE)), call: "socket" },
  post("reauthenticate", "a step-up", 200),
  post("reauthenticate", "a step-up by bearer", 200, (token) => [bearerOf(token)], {}),
  post("reauthenticate", "a step-up with a dead cookie", 401, dead),
  post("reauthenticate", "a step-up of nobody", 401, none),
  post("reauthenticate", "a step-up from another site", 403, (token) => [...live(token), EVIL]),
  post("proved", "a check behind a step-up", 200, live, requires({ ...AGE, amr: ["pwd"], acr: ["1", "2"] })),
  post("proved", "a check for another method behind a step-up", 401, live, requires({ amr: ["pwd", "otp"] })),
  post("proved", "a check for another level behind a step-up", 401, live, requires({ acr: ["3"] })),
];
