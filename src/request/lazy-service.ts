import { typeError } from "../lib/check.ts";
import type { Rwt } from "../rwt.ts";
import { isService } from "./options.ts";

/** A token service, or a function that makes it at the first call. */
export type LazyService<Input = unknown, Output = Input> = Rwt<Input, Output> | (() => Rwt<Input, Output>);

/** Returns the service, which is made once. What a function throws is thrown again at the next call. */
export function lazyService<Input, Output>(rwt: LazyService<Input, Output>): () => Rwt<Input, Output> {
  if (isService(rwt)) return () => rwt;
  if (typeof rwt !== "function")
    throw typeError("rwt", "made by createRwt, or a function that makes it", rwt);
  let made: Rwt<Input, Output> | undefined;
  return () => {
    if (made !== undefined) return made;
    const service = rwt();
    if (!isService(service)) throw typeError("rwt", "a function that returns what createRwt made", service);
    made = service;
    return made;
  };
}
