import { StateCodecError } from './state-codec-error.ts';

const FIRST_CAPACITY_BYTES = 4_096;
/** No single item but a string is longer than a varint of 8 bytes or a hash of 8 bytes. */
const ITEM_BYTES_MAX = 16;

export const STRING_UTF8 = 0;
export const STRING_SEEN = 1;
export const STRING_HEX = 2;
/** `<partition>.<offset>.<n>`, the id of an output, as three numbers. */
export const STRING_OUTPUT_ID = 3;

const OUTPUT_ID = /^(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})$/;

/**
 * Packs numbers, hashes and strings into one buffer that grows and is used again for every value: encoding allocates
 * the result and nothing else.
 */
export class ByteWriter {
  private bytes = new Uint8Array(FIRST_CAPACITY_BYTES);
  private length = 0;
  private seen: string[] = [];

  start(version: number): void {
    this.length = 0;
    this.seen.length = 0;
    this.byte(version);
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** A tagged part that a reader can measure without knowing it: id, length, then what `write` writes. */
  section(id: number, write: () => void): void {
    this.unsigned(id);
    const start = this.length;
    write();
    const size = this.length - start;
    // How long the length is depends on it, so it goes in front of what is written already.
    this.unsigned(size);
    const prefix = this.bytes.slice(start + size, this.length);
    this.bytes.copyWithin(start + prefix.length, start, start + size);
    this.bytes.set(prefix, start);
  }

  byte(value: number): void {
    this.makeRoom(1);
    this.bytes[this.length++] = value;
  }

  /** Least significant seven bits first; a set top bit says that more follows. */
  unsigned(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw unfit(value);
    this.makeRoom(ITEM_BYTES_MAX);
    this.tail(value);
  }

  /** The sign is the lowest bit of the first byte, so that the magnitude may use all 53 bits. */
  signed(value: number): void {
    this.split(value, 64, value < 0 ? 1 : 0);
  }

  /** A signed number whose first byte carries a flag too, beside the sign. */
  flagged(value: number, flag: boolean): void {
    this.split(value, 32, (value < 0 ? 1 : 0) | (flag ? 2 : 0));
  }

  /** The first byte holds the low bits and as much of the magnitude as `room` values tell apart. */
  private split(value: number, room: 32 | 64, lowBits: number): void {
    if (!Number.isSafeInteger(value)) throw unfit(value);
    this.makeRoom(ITEM_BYTES_MAX);
    const magnitude = Math.abs(value);
    const shift = room === 64 ? 1 : 2;
    const first = (((magnitude % room) | 0) << shift) | lowBits;
    if (magnitude < room) {
      this.bytes[this.length++] = first;
      return;
    }
    this.bytes[this.length++] = first | 0x80;
    this.tail(
      magnitude <= 0x7fffffff ? (magnitude | 0) >>> (7 - shift) : Math.floor(magnitude / room),
    );
  }

  /** Four UTF-16 code units, each with its high byte first. */
  hash(value: string): void {
    this.makeRoom(ITEM_BYTES_MAX);
    for (let i = 0; i < 4; i++) {
      const unit = value.charCodeAt(i);
      this.bytes[this.length++] = unit >>> 8;
      this.bytes[this.length++] = unit & 0xff;
    }
  }

  /** A string met before in the same value is a reference; lower-case hex and ids of outputs are packed. */
  text(value: string): void {
    const index = this.seen.indexOf(value);
    if (index >= 0) {
      this.unsigned(index * 4 + STRING_SEEN);
      return;
    }
    this.seen.push(value);
    if (isHex(value)) this.hex(value);
    else if (!this.outputId(value)) this.utf8(value);
  }

  private outputId(value: string): boolean {
    const numbers = OUTPUT_ID.exec(value);
    if (numbers === null) return false;
    this.unsigned(STRING_OUTPUT_ID);
    this.unsigned(Number(numbers[1]));
    this.unsigned(Number(numbers[2]));
    this.unsigned(Number(numbers[3]));
    return true;
  }

  private hex(value: string): void {
    const size = value.length / 2;
    this.unsigned(size * 4 + STRING_HEX);
    this.makeRoom(size);
    for (let i = 0; i < value.length; i += 2) {
      const high = hexDigit(value.charCodeAt(i)) << 4;
      this.bytes[this.length++] = high | hexDigit(value.charCodeAt(i + 1));
    }
  }

  /** UTF-8, and a lone surrogate as three bytes, so that every string comes back as it was. */
  private utf8(value: string): void {
    this.unsigned(utf8Size(value) * 4 + STRING_UTF8);
    this.makeRoom(value.length * 3);
    for (let i = 0; i < value.length; i++) {
      const point = value.codePointAt(i) as number;
      if (point < 0x80) {
        this.bytes[this.length++] = point;
        continue;
      }
      if (point < 0x800) {
        this.bytes[this.length++] = 0xc0 | (point >>> 6);
      } else {
        if (point < 0x10000) {
          this.bytes[this.length++] = 0xe0 | (point >>> 12);
        } else {
          i++;
          this.bytes[this.length++] = 0xf0 | (point >>> 18);
          this.bytes[this.length++] = 0x80 | ((point >>> 12) & 0x3f);
        }
        this.bytes[this.length++] = 0x80 | ((point >>> 6) & 0x3f);
      }
      this.bytes[this.length++] = 0x80 | (point & 0x3f);
    }
  }

  private tail(value: number): void {
    let rest = value;
    // Bit operations hold 31 bits only; above that the division is exact up to 2^53.
    while (rest > 0x7fffffff) {
      this.bytes[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  private makeRoom(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + extra));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

function utf8Size(value: string): number {
  let size = 0;
  for (let i = 0; i < value.length; i++) {
    const point = value.codePointAt(i) as number;
    if (point >= 0x10000) {
      size += 4;
      i++;
    } else {
      size += point < 0x80 ? 1 : point < 0x800 ? 2 : 3;
    }
  }
  return size;
}

const hexDigit = (unit: number): number => (unit <= 0x39 ? unit - 0x30 : unit - 0x57);

function isHex(value: string): boolean {
  if (value.length === 0 || value.length % 2 !== 0) return false;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    const isDigit = unit >= 0x30 && unit <= 0x39;
    if (!isDigit && (unit < 0x61 || unit > 0x66)) return false;
  }
  return true;
}

function unfit(value: number): StateCodecError {
  return new StateCodecError(
    'STRATA_STATE_CODEC_NUMBER',
    `a state holds ${value}, which is no whole number within 2^53: the record that brought it should have been refused`,
  );
}
