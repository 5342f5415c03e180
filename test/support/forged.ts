/** The same token with a wrong tag: its last character is another. */
export const forged = (token: string): string => token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
