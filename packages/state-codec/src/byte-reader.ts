import type { Hash64 } from '@strata/domain';

import { STRING_HEX, STRING_OUTPUT_ID, STRING_SEEN } from './byte-writer.ts';
import { StateCodecError } from './state-codec-error.ts';

/** Reads back what the writer packed, and refuses bytes that no writer makes: cut, too long, or out of range. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private position = 0;
  private readonly seen: string[] = [];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    const value = this.bytes[this.position++];
    if (value === undefined) throw damaged('they end too early');
    return value;
  }

  unsigned(): number {
    return this.tail(0, 1);
  }

  signed(): number {
    return this.join(64);
  }

  /** The flag of the number that comes next, which `flagged` then reads. */
  peekFlag(): boolean {
    return ((this.bytes[this.position] ?? 0) & 2) !== 0;
  }

  flagged(): number {
    return this.join(32);
  }

  private join(room: 32 | 64): number {
    const first = this.byte();
    const low = Math.floor((first & 0x7f) / (128 / room));
    const magnitude = first < 0x80 ? low : this.tail(low, room);
    return (first & 1) === 1 && magnitude !== 0 ? -magnitude : magnitude;
  }

  /** A count of entries that each take at least one byte: a wrong one is caught before anything is allocated. */
  count(): number {
    const value = this.unsigned();
    if (value > this.bytes.length - this.position) throw damaged('a list is longer than they are');
    return value;
  }

  hash(): Hash64 {
    return String.fromCharCode(this.unit(), this.unit(), this.unit(), this.unit()) as Hash64;
  }

  text(): string {
    const tag = this.unsigned();
    const size = Math.floor(tag / 4);
    const kind = tag % 4;
    if (kind === STRING_SEEN) {
      const value = this.seen[size];
      if (value === undefined) throw damaged('they refer to a string that was not there');
      return value;
    }
    const value = this.fresh(kind, size);
    this.seen.push(value);
    return value;
  }

  private fresh(kind: number, size: number): string {
    if (kind === STRING_OUTPUT_ID) {
      return `${this.unsigned()}.${this.unsigned()}.${this.unsigned()}`;
    }
    if (size > this.bytes.length - this.position) throw damaged('a string is longer than they are');
    return kind === STRING_HEX ? this.hex(size) : this.utf8(size);
  }

  /** Reads the inside of a section, whose length comes first and must be exactly what `read` takes. */
  section<T>(read: () => T): T {
    const end = this.count() + this.position;
    const value = read();
    if (this.position !== end) throw damaged('a section has another length than it says');
    return value;
  }

  end(): void {
    if (this.position !== this.bytes.length) throw damaged('they go on after the end');
  }

  private unit(): number {
    return (this.byte() << 8) | this.byte();
  }

  private tail(from: number, scaleFrom: number): number {
    let value = from;
    let scale = scaleFrom;
    for (;;) {
      const next = this.byte();
      value += (next & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw damaged('a number is above 2^53');
      if (next < 0x80) return value;
      scale *= 128;
    }
  }

  private hex(size: number): string {
    let value = '';
    for (let i = 0; i < size; i++) value += this.byte().toString(16).padStart(2, '0');
    return value;
  }

  private utf8(size: number): string {
    const end = this.position + size;
    let value = '';
    while (this.position < end) {
      const first = this.byte();
      if (first < 0x80) value += String.fromCharCode(first);
      else if (first < 0xe0) value += String.fromCharCode(((first & 0x1f) << 6) | this.six());
      else if (first < 0xf0) {
        value += String.fromCharCode(((first & 0x0f) << 12) | (this.six() << 6) | this.six());
      } else {
        const high = ((first & 0x07) << 18) | (this.six() << 12);
        const point = high | (this.six() << 6) | this.six();
        if (point > 0x10ffff) throw damaged('a character is out of range');
        value += String.fromCodePoint(point);
      }
    }
    if (this.position !== end) throw damaged('a string ends inside a character');
    return value;
  }

  private six(): number {
    return this.byte() & 0x3f;
  }
}

export function damaged(what: string): StateCodecError {
  return new StateCodecError(
    'STRATA_STATE_CODEC_DAMAGED',
    `stored state cannot be read: ${what}; rebuild this partition from the customer log`,
  );
}
