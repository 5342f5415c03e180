/** Returns the time in Unix seconds. Fractions are cut off. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now() / 1000;
