/** An instant in epoch milliseconds. Windows and grace are whole milliseconds: `Nd` is N x 86,400 s, never a calendar day. */
export type Instant = number;

export const SECOND_MS = 1_000;
export const DAY_MS = 86_400_000;
/** The last millisecond that has a year of four digits: what lies behind it is as good as never. */
export const LAST_INSTANT: Instant = 253_402_300_799_999;
