import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Logger } from '@strata/pipeline';
import { type ApiKey, findApiKey, parseApiKeys } from '@strata/service-runtime';
import { TokenBucket } from './token-bucket.ts';

/** A key that may send, with what is left of its quota. */
export interface RingKey extends ApiKey {
  readonly bucket: TokenBucket;
}

const LOOK_MS = 2_000;

/**
 * The keys of a file, read again when it changes: a key is given or taken away without a restart. A
 * file that cannot be used later on leaves the keys as they are, and says so.
 */
export class KeyRing {
  readonly #file: string;
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  #keys: ReadonlyMap<string, RingKey> = new Map();

  /** Throws where the file cannot be used: a service does not start with keys that nobody has. */
  constructor(file: string, parts: { readonly logger: Logger; readonly nowMs: () => number }) {
    this.#file = file;
    this.#logger = parts.logger;
    this.#nowMs = parts.nowMs;
    this.#take(readFileSync(file, 'utf8'));
    watchFile(file, { interval: LOOK_MS, persistent: false }, this.reload);
  }

  find(token: string): RingKey | null {
    return findApiKey(this.#keys, token);
  }

  readonly reload = (): void => {
    try {
      this.#take(readFileSync(this.#file, 'utf8'));
      this.#logger.info({ keys: this.#keys.size }, 'The keys of the intake were read again');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.error({ reason }, 'The keys of the intake stay as they were');
    }
  };

  close(): void {
    unwatchFile(this.#file, this.reload);
  }

  /** A key whose quota did not change goes on with what is left of it. */
  #take(text: string): void {
    const nowMs = this.#nowMs();
    this.#keys = new Map(
      parseApiKeys(text, this.#file).map((key) => {
        const before = this.#keys.get(key.name);
        const isSame =
          before?.eventsPerSecond === key.eventsPerSecond && before.burst === key.burst;
        return [key.name, { ...key, bucket: isSame ? before.bucket : new TokenBucket(key, nowMs) }];
      }),
    );
  }
}
