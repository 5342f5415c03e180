/** Wraps a listener so that its errors and rejections neither reach the caller nor end the process. */
export const droppingFailures =
  <Event>(listener: ((event: Event) => unknown) | undefined): ((event: Event) => void) =>
  (event) => {
    void (async () => listener?.(event))().catch(() => {});
  };
