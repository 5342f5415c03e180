import type { Checker } from "../checker.ts";
import { NEVER, now, shown } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import { judgeFailure, judgeLife, letIn } from "../judge.ts";
import { type Asked, Generation, refusedFrom } from "../model/generation.ts";
import type { Session } from "../model/session.ts";
import type { Issued } from "../protocol.ts";
import { generationOf } from "../wire.ts";
import { beginShow } from "./reuse.ts";
import { beginTouch } from "./touch.ts";

export interface RotateCall {
  readonly grace: number;
  readonly isStrict: boolean;
}

/** @returns the successor, or `null`; `undefined` if the call failed */
export async function rotate(
  checker: Checker,
  session: Session,
  token: Generation,
  service: Service,
  { grace, isStrict }: RotateCall,
): Promise<Generation | null | undefined> {
  const from = now();
  const asked: Asked = { from, grace: isStrict ? 0 : grace, isStrict };
  session.rotationBegins(token, from);
  token.asks(asked);
  token.usedFrom = Math.min(token.usedFrom, from);
  const show = beginShow(checker, session, token, from, service, true);
  const touch = beginTouch(session, 0);
  const options = isStrict ? ({ retry: false } as const) : { grace };
  const result = await checker.ask(service, "rotate", { token: token.token, ...options }, from);
  const { failure, answer } = result;
  token.underWay--;
  const isNo = failure === undefined && answer === null;
  show(result, isNo);
  touch(result, failure === undefined && !isNo);
  const how = isStrict ? "strictly" : `with grace ${grace}`;
  const said = failure?.reason ?? (answer ? `#${generationOf(answer.token)}` : "null");
  session.note(result.from, result.to, `rotate #${token.number} ${how} by ${service.name}: ${said}`);
  token.answered(asked, result.to, failure ? "failed" : answer ? "rotated" : "null");
  if (failure) {
    judgeFailure(checker, service, "rotate", result);
    return undefined;
  }
  if (!answer) {
    refused(checker, session, token, result, service, asked);
    return null;
  }
  return rotated(checker, session, token, { ...result, answer }, service, isStrict);
}

function rotated(
  checker: Checker,
  session: Session,
  token: Generation,
  { from, answer }: Result<Issued> & { readonly answer: Issued },
  service: Service,
  isStrict: boolean,
): Generation | null {
  const number = generationOf(answer.token);
  if (number !== token.number + 1) {
    checker.violation("R7", `rotate of #${token.number} by ${service.name} returned #${number}`, session);
    return null;
  }
  if (answer.id !== session.id) {
    checker.violation(
      "R5",
      `rotate by ${service.name} changed the id ${session.id} to ${answer.id}`,
      session,
    );
  }
  let next = session.next(token);
  if (next === undefined) {
    next = new Generation(number, answer.token);
    session.generations.push(next);
  } else if (next.token !== answer.token) {
    checker.violation("R7", `rotations of #${token.number} returned different successors`, session);
  }
  if (token.successes > 1 && token.strictBy !== NEVER) {
    checker.violation(
      "R7",
      `#${token.number} was rotated ${token.successes} times, once with retry: false`,
      session,
    );
  }
  if (!isStrict) token.succeeded = Math.max(token.succeeded, from);
  // A token that only retries a rotation may be dead itself.
  letIn(checker, session, isStrict ? token : undefined, from, "rotate", service);
  judgeLife(checker, session, next);
  return next;
}

function refused(
  checker: Checker,
  session: Session,
  token: Generation,
  { from, to }: Result<unknown>,
  service: Service,
  asked: Asked,
): void {
  const { isStrict } = asked;
  // With `retry: false`, any other rotation with the same token explains a `null`.
  const excuse = isStrict ? token.othersFrom(asked) : refusedFrom(token, session.next(token));
  const mayBeLost = isStrict && checker.mayHaveFailed({ from, to }, service);
  if (!session.mayHaveEnded(to) && excuse >= to && !mayBeLost) {
    checker.violation(
      "R7",
      `rotate of #${token.number} by ${service.name} returned null for a live session`,
      session,
      {
        from: shown(from),
        to: shown(to),
      },
    );
  }
  if (isStrict || service.spec.clockOffset) return;
  token.nullBy = Math.min(token.nullBy, to);
  token.rotateNullBy = Math.min(token.rotateNullBy, to);
  judgeLife(checker, session, token);
}
