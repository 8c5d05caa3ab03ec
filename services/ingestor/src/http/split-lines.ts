/** A line with the number under which its sender knows it, from 1. */
export interface BodyLine {
  readonly number: number;
  readonly bytes: Buffer;
}

const LINE_FEED = 0x0a;

/** The lines of NDJSON, in place. Blank ones count and are left out; null where there are too many. */
export function splitLines(body: Buffer, linesMax: number): readonly BodyLine[] | null {
  const lines: BodyLine[] = [];
  let number = 0;
  for (let start = 0; start < body.length; ) {
    const feed = body.indexOf(LINE_FEED, start);
    const end = feed < 0 ? body.length : feed;
    number += 1;
    if (number > linesMax) return null;
    const bytes = body.subarray(start, end);
    start = end + 1;
    if (!isBlank(bytes)) lines.push({ number, bytes });
  }
  return lines;
}

/** JSON's own blanks, such as the carriage return before a line feed. */
function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
