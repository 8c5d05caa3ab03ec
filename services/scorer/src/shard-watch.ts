import { type Logger, StallWatch } from '@strata/pipeline';
import { Bell } from './bell.ts';
import { scorerFault } from './scorer-fault.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { Shard } from './shard.ts';

/** How often silent partitions are looked at. */
const LOOK_MS = 5_000;
/** Five minutes: longer than all tries of one send. */
const LOOKS_MAX = 60;

/**
 * Looks at what no batch would tell of. A partition without traffic may have lost its owner's token, or its last
 * commits, to another owner or to a store that went back in time; and a publication that never ends would hold up its
 * partitions without a word.
 */
export class ShardWatch {
  readonly #store: ScorerPorts['store'];
  readonly #parts: ShardWatchParts;
  readonly #bell: Bell;
  readonly #stalls = new StallWatch(LOOKS_MAX);
  #isStopping = false;
  #run: Promise<void> = Promise.resolve();

  constructor({ store, alarm }: Pick<ScorerPorts, 'store' | 'alarm'>, parts: ShardWatchParts) {
    this.#store = store;
    this.#parts = parts;
    this.#bell = new Bell(alarm);
  }

  start(): void {
    this.#run = this.#loop();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#bell.ring();
    await this.#run;
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      await this.#bell.wait(LOOK_MS);
      if (this.#isStopping) return;
      this.#lookAtRelay();
      await this.#lookAtOwnership();
      await this.#parts.onLook();
    }
  }

  #lookAtRelay(): void {
    const isBusy = this.#parts.shards().some(({ outboxDepth }) => outboxDepth > 0);
    const signs = this.#parts.relayTurns();
    const stalled = this.#stalls.look(isBusy ? [{ name: 'relay', signs }] : []);
    if (stalled === null) return;
    this.#parts.onHang(
      scorerFault(
        'STRATA_SCORER_RELAY_HANGS',
        `Outputs wait and none was published for ${(LOOK_MS * LOOKS_MAX) / 1_000} s, nor has publishing failed. ` +
          'The process ends, so that its supervisor starts it anew; look at the broker if it hangs again.',
      ),
    );
  }

  async #lookAtOwnership(): Promise<void> {
    for (const shard of this.#parts.shards()) {
      // What is stored is never below what was known before it was read, unless the store has lost commits.
      const known = shard.next;
      try {
        const { owner, next } = await this.#store.holder(shard.partition);
        if (shard.isLost || (owner === shard.owner && next >= known)) continue;
        this.#parts.onLost(shard);
      } catch (error) {
        const sentence = error instanceof Error ? error.message : String(error);
        this.#parts.logger.debug({ error: sentence }, 'Owned partitions could not be looked at');
        return;
      }
    }
  }
}

export interface ShardWatchParts {
  readonly shards: () => readonly Shard[];
  /** Turns that the relay has ended, well or not. */
  readonly relayTurns: () => number;
  readonly logger: Logger;
  readonly onLost: (shard: Shard) => void;
  readonly onHang: (error: unknown) => void;
  /** After each look. */
  readonly onLook: () => Promise<void>;
}
