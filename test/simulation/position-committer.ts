import { type TopicPartition, tpKey } from '@strata/pipeline';
import type { SimGroup } from './sim-group.ts';
import type { SimProcess } from './sim-process.ts';

interface Membership {
  readonly memberId: string;
  readonly generation: number;
}

/** Commits the positions of one member now and then, one commit after the other, so that none overtakes. */
export class PositionCommitter {
  readonly #process: SimProcess;
  readonly #group: SimGroup;
  readonly #waiting = new Map<string, number>();
  #membership: Membership | null = null;
  #intervalMs = 0;
  #isPlanned = false;
  #commits = 0;
  #committing: Promise<void> = Promise.resolve();

  constructor(process: SimProcess, group: SimGroup) {
    this.#process = process;
    this.#group = group;
  }

  /** What waits belongs to the membership before, and is no longer ours to commit. */
  begin(membership: Membership | null): void {
    this.#membership = membership;
    this.#waiting.clear();
  }

  done({ topic, partition, next }: TopicPartition & { next: number }, intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#waiting.set(tpKey({ topic, partition }), next);
    this.#plan();
  }

  flush(): Promise<void> {
    this.#committing = this.#committing.then(() => this.#commit());
    return this.#committing;
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#process.alarm(this.#intervalMs, () => {
      this.#isPlanned = false;
      void this.flush();
    });
  }

  async #commit(): Promise<void> {
    const membership = this.#membership;
    const positions = new Map(this.#waiting);
    if (membership === null || positions.size === 0) return;
    this.#waiting.clear();
    this.#commits += 1;
    const by = { ...membership, number: this.#commits };
    try {
      await this.#process.call('group', 'commit positions', () =>
        this.#group.commit(by, positions),
      );
    } catch {
      if (this.#membership !== membership) return;
      for (const [key, next] of positions) {
        if (!this.#waiting.has(key)) this.#waiting.set(key, next);
      }
      this.#plan();
    }
  }
}
