/** Whether the server, a proxy or the user's rights refuse client tracking, or what it needs: RESP3, or a subscription. */
export const refusesTracking = (error: unknown): boolean =>
  /NOPROTO|tracking|RESP3|command\W+(hello|client|subscribe)\b|\W(hello|client|subscribe)\W+command|NOPERM|unknown (sub)?command/i.test(
    error instanceof Error ? error.message : "",
  );
