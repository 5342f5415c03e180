/** Makes a token's tag wrong by changing its last character. */
export const forged = (token: string): string => token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
