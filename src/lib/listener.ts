/** A listener whose failures, thrown or rejected, neither reach the caller nor end the process. */
export const droppingFailures =
  <Event>(listener: ((event: Event) => unknown) | undefined): ((event: Event) => void) =>
  (event) => {
    void (async () => listener?.(event))().catch(() => {});
  };
