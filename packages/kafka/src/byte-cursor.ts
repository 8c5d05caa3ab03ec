/** Reads Kafka's wire types one after the other. Whole numbers stay below 2^53 by contract of the ports. */
export class ByteCursor {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get remaining(): number {
    return this.#buffer.length - this.#at;
  }

  skip(count: number): void {
    this.#at += count;
  }

  int8(): number {
    this.#at += 1;
    return this.#buffer.readInt8(this.#at - 1);
  }

  int16(): number {
    this.#at += 2;
    return this.#buffer.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#buffer.readInt32BE(this.#at - 4);
  }

  int64(): number {
    this.#at += 8;
    const high = this.#buffer.readInt32BE(this.#at - 8);
    return high * 0x1_0000_0000 + this.#buffer.readUInt32BE(this.#at - 4);
  }

  /** A zigzag number of up to 64 bits, exact below 2^53. */
  varint(): number {
    let raw = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = this.#buffer[this.#at] ?? 0;
      this.#at += 1;
      raw += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 128);
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  bytes(count: number): Buffer {
    this.#at += count;
    return this.#buffer.subarray(this.#at - count, this.#at);
  }

  /** Bytes with their length before them; null where the length is negative. */
  varBytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.bytes(length);
  }

  string(): string {
    return this.bytes(this.int16()).toString();
  }

  rest(): Buffer {
    return this.bytes(this.remaining);
  }
}
