/** An instant in epoch milliseconds. Windows and grace are whole milliseconds: `Nd` is N x 86,400 s, never a calendar day. */
export type Instant = number;

export const SECOND_MS = 1_000;
export const DAY_MS = 86_400_000;
