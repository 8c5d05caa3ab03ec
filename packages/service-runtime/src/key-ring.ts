import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { type AccessKey, findKey, type KeyKind, parseKeyFile } from './access-key.ts';
import type { ServiceLogger } from './logger.ts';
import { TokenBucket, type TokenRate } from './token-bucket.ts';

/** A key that may be used, with what is left of its quota. */
export type RingKey<K extends AccessKey> = K & { readonly bucket: TokenBucket };

export interface KeyRingParts<K extends AccessKey> {
  readonly kind: KeyKind<K>;
  readonly rateOf: (key: K) => TokenRate;
  readonly logger: ServiceLogger;
  readonly nowMs: () => number;
}

const LOOK_MS = 2_000;

/**
 * The keys of a file, read again when it changes: a key is given or taken away without a restart. A
 * file that cannot be used later on leaves the keys as they are, and says so.
 */
export class KeyRing<K extends AccessKey> {
  readonly #file: string;
  readonly #parts: KeyRingParts<K>;
  #keys: ReadonlyMap<string, RingKey<K>> = new Map();

  /** Throws where the file cannot be used: a service does not start with keys that nobody has. */
  constructor(file: string, parts: KeyRingParts<K>) {
    this.#file = file;
    this.#parts = parts;
    this.#take(readFileSync(file, 'utf8'));
    watchFile(file, { interval: LOOK_MS, persistent: false }, this.reload);
  }

  find(token: string): RingKey<K> | null {
    return findKey(this.#keys, token);
  }

  /** Whether a key that was found earlier still is one, as it was. */
  holds(key: RingKey<K>): boolean {
    const { bucket: _, ...now } = this.#keys.get(key.name) ?? { bucket: null };
    const { bucket: __, ...then } = key;
    return JSON.stringify(now) === JSON.stringify(then);
  }

  readonly reload = (): void => {
    const { logger, kind } = this.#parts;
    try {
      this.#take(readFileSync(this.#file, 'utf8'));
      logger.info({ keys: this.#keys.size, made: kind.command }, 'The keys were read again');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.error({ reason }, 'The keys stay as they were');
    }
  };

  close(): void {
    unwatchFile(this.#file, this.reload);
  }

  /** A key whose quota did not change goes on with what is left of it. */
  #take(text: string): void {
    const { kind, rateOf, nowMs } = this.#parts;
    this.#keys = new Map(
      parseKeyFile(kind, text, this.#file).map((key) => {
        const rate = rateOf(key);
        const before = this.#keys.get(key.name)?.bucket;
        const bucket = before?.hasRate(rate) === true ? before : new TokenBucket(rate, nowMs());
        return [key.name, { ...key, bucket }];
      }),
    );
  }
}
