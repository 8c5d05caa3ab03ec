import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Hands over each line of a stream as its own bytes, without line end. A last line needs no line end. */
export async function eachLine(stream: Readable, onLine: (line: Buffer) => void): Promise<void> {
  // Pieces of a long line are joined once, at its end: joining at each chunk would be quadratic.
  let pieces: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      const tail = chunk.subarray(start, end);
      onLine(trimmed(pieces.length === 0 ? tail : Buffer.concat([...pieces, tail])));
      pieces = [];
      start = end + 1;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  }
  if (pieces.length > 0) onLine(trimmed(Buffer.concat(pieces)));
}

function trimmed(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
