/** Gives the time in Unix seconds; a fraction is allowed and is cut off. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now() / 1000;
